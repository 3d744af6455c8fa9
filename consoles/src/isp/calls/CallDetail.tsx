import { Alert, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, take, type Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { useProblemText } from '../../kit/useProblemText';
import { Charges } from '../charges/Charges';

type Call = Schemas['IspCallDetailView'];

/** Every decision in order, and every charge with its arithmetic. */
export function CallDetail({ id }: { id: string }) {
  const { t, date } = useI18n();
  const tell = useProblemText();
  const { data: call, error } = useQuery({
    queryKey: ['/v1/calls', 'one', id],
    queryFn: () => take(api.GET('/v1/calls/{call_id}', { params: { path: { call_id: id } } })),
  });
  if (error) return <Alert color="red" role="alert">{tell(error)}</Alert>;
  if (!call) return <Skeleton height={280} />;
  return (
    <Stack>
      <Text size="sm">{t('call.sentence', { caller: call.caller.name || call.caller.number, dialled: call.dialled, when: date(call.setup_at) })}</Text>
      {call.refusal && <Alert color="red" title={call.refusal.sentence}>{call.refusal.advice}</Alert>}
      <Title order={3} size="h5">{t('call.decisions')}</Title>
      <ol className="decisions">{call.steps.map((step, index) => <li key={index}>{step.text}</li>)}</ol>
      <Title order={3} size="h5">{t('call.charges')}</Title>
      <Charges id={call.call_id} charges={call.charges} />
      <Technical call={call} />
    </Stack>
  );
}

function Technical({ call }: { call: Call }) {
  const { t } = useI18n();
  const facts = [
    [t('number.tenant'), call.tenant_name], [t('f.customer_id'), call.customer_name], [t('call.sip_status'), call.sip_status], ['Call-ID', call.sip_call_id], [t('call.user_agent'), call.user_agent],
    [t('call.source'), call.src_ip], [t('call.node'), call.node], [t('call.pdd'), call.pdd_ms === null ? '' : `${call.pdd_ms} ms`],
    [t('call.carrier'), [call.carrier_name, call.gateway_name].filter(Boolean).join(' / ')],
  ].filter(([, value]) => value);
  return (
    <details>
      <summary>{t('call.technical')}</summary>
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="mono">{value}</dd></div>)}</dl>
    </details>
  );
}
