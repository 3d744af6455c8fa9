import { Alert, Button, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { Schemas } from '../../kit/api';
import { Empty } from '../../kit/Empty';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { useProblemText } from '../../kit/useProblemText';
import { useRows } from '../../kit/useRows';
import { account, actions, phoneState } from '../engine';
import { clock } from '../parts/names';
import type { Account } from '../sip/account';

type Call = Schemas['CallView'];

export function History() {
  const { t } = useI18n();
  const who = useStore(account);
  return (
    <>
      <Title order={2} size="h3" mb="sm">{t('phone.history')}</Title>
      {who ? <Rows who={who} /> : <Skeleton height={160} />}
    </>
  );
}

function Rows({ who }: { who: Account }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const { rows, ...list } = useRows<Call>(`/v1/tenants/${who.tenant_id}/calls`, {});
  if (list.error && !rows) return <Alert color="red" role="alert">{tell(list.error)}</Alert>;
  if (!rows) return <Skeleton height={160} />;
  if (rows.length === 0) return <Empty title={t('phone.no_calls')} text={t('phone.no_calls_text')} />;
  return (
    <Stack gap={6}>
      <ul className="rows">{rows.map((call) => <Row key={call.call_id} call={call} me={who.subscriber_id} />)}</ul>
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('kit.more')}</Button>}
    </Stack>
  );
}

function Row({ call, me }: { call: Call; me: string }) {
  const { t, date } = useI18n();
  const registered = useStore(phoneState).connection === 'registered';
  const outgoing = call.caller.subscriber_id === me;
  const answered = call.result === 'answered';
  const other = outgoing ? call.called : call.caller;
  const number = outgoing ? call.dialled : call.caller.number;
  const kind = outgoing ? 'outgoing' : answered ? 'received' : 'missed';
  const name = other.name || number || t('phone.anonymous');
  return (
    <li className={`row ${kind}`}>
      <span className="sign" aria-hidden>{outgoing ? '↗' : answered ? '↙' : '✕'}</span>
      <span className="minimal">
        <Text fw={600} className="anywhere">{name}</Text>
        <Text size="sm" c="dimmed">{t(`phone.${kind}`)}{name === number ? '' : ` · ${number}`}</Text>
        <Text size="sm" c="dimmed">{date(call.setup_at)}{answered ? ` · ${clock(call.talk_s)}` : outgoing ? ` · ${t('phone.unanswered')}` : ''}</Text>
      </span>
      {number && <Button size="xs" variant="default" disabled={!registered} aria-label={t('phone.call_again', { name })} onClick={() => void actions.call(number)}>{t('phone.call')}</Button>}
    </li>
  );
}
