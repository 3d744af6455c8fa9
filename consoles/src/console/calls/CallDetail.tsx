import { Alert, Button, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, take, type Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { tenantInPath } from '../../kit/place';
import { asSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { TENANT } from '../tenant';

type Call = Schemas['CallDetailView'];

/** Who was rung, and every decision in order. */
export function CallDetail({ id }: { id: string }) {
  const { t, date } = useI18n();
  const tell = useProblemText();
  const { data: call, error } = useQuery({
    queryKey: [`${TENANT}/calls`, 'one', id],
    queryFn: () => take(api.GET('/v1/tenants/{tenant_id}/calls/{call_id}', { params: { path: { tenant_id: tenantInPath, call_id: id } } })),
  });
  if (error) return <Alert color="red" role="alert">{tell(error)}</Alert>;
  if (!call) return <Skeleton height={280} />;
  return (
    <Stack>
      <Text size="sm">{t('call.sentence', { caller: call.caller.name || call.caller.number || t('call.withheld'), dialled: call.dialled, when: date(call.setup_at) })}</Text>
      {call.refusal && <Alert color="red" title={call.refusal.sentence}>{call.refusal.advice}</Alert>}
      <Title order={3} size="h5">{t('call.decisions')}</Title>
      <Decisions steps={call.steps} />
      <Legs legs={call.legs} />
      {call.caller.subscriber_id && (
        <Button variant="default" component={Link} to="/explain" search={asSearch({ caller: call.caller.subscriber_id, dialled: call.dialled })}>{t('call.again')}</Button>
      )}
    </Stack>
  );
}

export function Decisions({ steps }: { steps: readonly Schemas['StepView'][] }) {
  const { t } = useI18n();
  if (steps.length === 0) return <Text size="sm" c="dimmed">{t('call.no_decisions')}</Text>;
  return <ol className="decisions">{steps.map((step, index) => <li key={index}>{step.text}</li>)}</ol>;
}

function Legs({ legs }: { legs: Call['legs'] }) {
  const { t, find, date } = useI18n();
  if (legs.length === 0) return null;
  return (
    <>
      <Title order={3} size="h5">{t('call.legs')}</Title>
      {legs.map((leg) => (
        <div key={leg.leg} className="card tight">
          <Text size="sm" fw={600}>{leg.subscriber_name || leg.called_number || find(`leg.${leg.kind}`)} <Text span size="sm" c="dimmed">{find(`leg.${leg.kind}`)}</Text></Text>
          <Text size="sm">{leg.answered_at ? t('call.answered_at', { when: date(leg.answered_at) }) : t('call.not_answered_leg', { status: leg.sip_status })}</Text>
        </div>
      ))}
    </>
  );
}
