import { Alert, Button, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, send, take, type Schemas } from '../../kit/api';
import { Confirm } from '../../kit/Confirm';
import { DataTable } from '../../kit/DataTable';
import { useI18n } from '../../kit/i18n';
import { tenantInPath } from '../../kit/place';
import { Mark } from '../../kit/Standing';
import { say } from '../../kit/undo';
import { useProblemText } from '../../kit/useProblemText';
import { TENANT } from '../tenant';

type Found = Schemas['LiveView'];
type LiveCall = Schemas['LiveCallView'];

const EVERY_MS = 2000;
const KEY = [TENANT, 'live'] as const;

/** What rings and talks now, and whose phones are there; asked for while the page is looked at. */
export function Live() {
  const { t } = useI18n();
  const tell = useProblemText();
  const { data, error } = useQuery({
    queryKey: KEY,
    queryFn: () => take(api.GET('/v1/tenants/{tenant_id}/live', { params: { path: { tenant_id: tenantInPath } } })),
    refetchInterval: EVERY_MS,
  });
  return (
    <Stack>
      <Title order={1} size="h2">{t('live.title')}</Title>
      {error && !data ? <Alert color="red" role="alert">{tell(error)}</Alert> : <Freshness found={data} />}
      <Calls found={data} />
      <Phones found={data} />
    </Stack>
  );
}

function Freshness({ found }: { found: Found | undefined }) {
  const { t, language } = useI18n();
  if (!found || found.state === 'waiting') return <Text c="dimmed" role="status">{t('live.waiting')}</Text>;
  const at = found.as_of ? new Intl.DateTimeFormat(language, { timeStyle: 'medium' }).format(new Date(found.as_of)) : '';
  if (found.state === 'stale') return <Alert color="yellow" role="status" title={t('live.stale')}>{t('live.stale_text', { when: at })}</Alert>;
  return <Text c="dimmed">{t('live.fresh', { when: at })}</Text>;
}

function duration(since: string): string {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 1000));
  return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

const told = (party: LiveCall['caller'], withheld: string) => party.name || party.number || withheld;

function Calls({ found }: { found: Found | undefined }) {
  const { t, find } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<LiveCall | null>(null);
  const end = useMutation({
    mutationFn: (call: LiveCall) => send('POST', `${TENANT}/live/calls/${call.call_id}/hang-up`),
    onSuccess: () => { say(t('live.ending')); return queries.invalidateQueries({ queryKey: KEY }); },
    onError: (error) => say(tell(error), 'red'),
    onSettled: () => setAsked(null),
  });
  const withheld = t('call.withheld');
  return (
    <section aria-labelledby="live-calls">
      <Title order={2} size="h4" id="live-calls" mb="xs">{t('live.calls', { n: found?.calls_total ?? 0 })}</Title>
      {found?.calls.length === 0 ? <Text c="dimmed">{t('live.no_calls')}</Text> : (
        <DataTable label={t('live.calls_label')} rows={found?.calls} keyOf={(row) => row.call_id} columns={[
          { title: t('call.caller'), cell: (row) => told(row.caller, withheld) },
          { title: t('call.called'), cell: (row) => told(row.called, withheld) },
          { title: t('call.direction'), cell: (row) => find(`o.${row.direction}`) },
          { title: t('kit.state'), cell: (row) => <Mark good={row.state === 'answered'}>{t(row.state === 'answered' ? 'live.talking' : 'live.ringing')}</Mark> },
          { title: t('live.since'), cell: (row) => <span className="mono">{duration(row.answered_at ?? row.setup_at)}</span> },
          { title: t('kit.actions'), cell: (row) => (
            <Button size="compact-xs" variant="default" aria-label={t('live.hang_up_of', { caller: told(row.caller, withheld), called: told(row.called, withheld) })}
              onClick={() => setAsked(row)}>{t('live.hang_up')}</Button>
          ) },
        ]} />
      )}
      <Confirm opened={asked !== null} title={t('live.hang_up')} button={t('live.hang_up')} pending={end.isPending} onClose={() => setAsked(null)}
        text={asked ? t('live.hang_up_text', { caller: told(asked.caller, withheld), called: told(asked.called, withheld) }) : ''} onConfirm={() => asked && end.mutate(asked)} />
    </section>
  );
}

function Phones({ found }: { found: Found | undefined }) {
  const { t, date } = useI18n();
  return (
    <section aria-labelledby="live-phones">
      <Title order={2} size="h4" id="live-phones" mb="xs">{t('live.phones', { n: found?.registrations_total ?? 0 })}</Title>
      {found?.registrations.length === 0 ? <Text c="dimmed">{t('live.no_phones')}</Text> : (
        <DataTable label={t('live.phones_label')} rows={found?.registrations} keyOf={(row) => `${row.subscriber_id} ${row.address} ${row.transport}`} columns={[
          { title: t('subscriber.one'), cell: (row) => row.name || row.username },
          { title: t('live.phone'), cell: (row) => row.user_agent || t('live.unknown_phone') },
          { title: t('setup.transport'), cell: (row) => row.transport.toUpperCase() },
          { title: t('live.address'), cell: (row) => <span className="mono">{row.address}</span> },
          { title: t('live.expires'), cell: (row) => date(row.expires_at) },
        ]} />
      )}
      {found?.more && <Text size="sm" c="dimmed" mt="xs">{t('live.more')}</Text>}
    </section>
  );
}
