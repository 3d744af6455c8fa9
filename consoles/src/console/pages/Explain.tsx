import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { api, take, type Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { tenantInPath } from '../../kit/place';
import { useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { Decisions } from '../calls/CallDetail';
import { SubscriberSelect } from '../SubscriberSelect';
import { TENANT } from '../tenant';

/** What would happen to a call. The question is the address, so that it can be sent to somebody. */
export function Explain() {
  const { t } = useI18n();
  const [{ caller = '', dialled = '', at = '' }, change] = useListSearch();
  return (
    <Stack maw={820}>
      <Title order={1} size="h2">{t('explain.title')}</Title>
      <Text c="dimmed">{t('explain.about')}</Text>
      <Question key={`${caller} ${dialled} ${at}`} caller={caller} dialled={dialled} at={at} onAsk={change} />
      {caller && dialled && <Answer caller={caller} dialled={dialled} at={at} />}
    </Stack>
  );
}

interface Asked {
  caller: string;
  dialled: string;
  at: string;
}

function Question({ onAsk, ...asked }: Asked & { onAsk: (question: Record<string, string>) => void }) {
  const { t } = useI18n();
  const [caller, setCaller] = useState(asked.caller);
  const [dialled, setDialled] = useState(asked.dialled);
  const [at, setAt] = useState(asked.at);
  const ask = (event: SubmitEvent) => {
    event.preventDefault();
    onAsk({ caller, dialled: dialled.trim(), at });
  };
  return (
    <form onSubmit={ask}>
      <Group align="end" gap="xs">
        <SubscriberSelect label={t('explain.caller')} value={caller} onChange={setCaller} />
        <TextInput label={t('explain.dialled')} value={dialled} maxLength={128} autoComplete="off" onChange={(event) => setDialled(event.currentTarget.value)} />
        <TextInput type="datetime-local" label={t('explain.at')} value={at} onChange={(event) => setAt(event.currentTarget.value.slice(0, 16))} />
        <Button type="submit" disabled={!caller || !dialled.trim()}>{t('explain.ask')}</Button>
      </Group>
    </form>
  );
}

function Answer({ caller, dialled, at }: Asked) {
  const { t } = useI18n();
  const tell = useProblemText();
  const moment = at && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : null;
  const { data, error, isFetching } = useQuery({
    queryKey: [TENANT, 'explain', caller, dialled, moment],
    queryFn: () => take(api.POST('/v1/tenants/{tenant_id}/explain-call', {
      params: { path: { tenant_id: tenantInPath } }, body: { subscriber_id: caller, dialled, calling: '', gateway: null, at: moment },
    })),
    staleTime: 0,
    retry: false,
  });
  if (error) return <Alert color="red" role="alert">{tell(error)}</Alert>;
  return <div aria-live="polite" aria-busy={isFetching}>{data ? <Verdict found={data} /> : <Text c="dimmed">{t('kit.wait')}</Text>}</div>;
}

function Verdict({ found }: { found: Schemas['ExplainedCallView'] }) {
  const { t } = useI18n();
  return (
    <Stack>
      <Alert color={found.routed ? 'green' : 'red'} title={t(found.routed ? 'explain.routed' : 'explain.refused')}>
        <Text size="sm">{found.summary}</Text>
        {found.advice && <Text size="sm" mt={4}>{found.advice}</Text>}
      </Alert>
      <Title order={2} size="h4">{t('call.decisions')}</Title>
      <Decisions steps={found.steps} />
      {found.stages.length > 0 && <Title order={2} size="h4">{t('explain.stages')}</Title>}
      {found.stages.map((stage, index) => (
        <div key={index} className="card tight">
          <Text size="sm" c="dimmed">{t('explain.stage', { n: index + 1, s: stage.timeout_s })}</Text>
          {stage.targets.map((target, place) => <Text key={place} size="sm" className="mono">{target.aor || target.called_number}</Text>)}
        </div>
      ))}
      {found.unknown.length > 0 && (
        <details>
          <summary>{t('explain.unknown')}</summary>
          <ul className="decisions">{found.unknown.map((text) => <li key={text}>{text}</li>)}</ul>
        </details>
      )}
    </Stack>
  );
}
