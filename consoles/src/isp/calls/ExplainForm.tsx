import { Alert, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionForm } from '../../kit/ActionForm';
import { send, type Schemas } from '../../kit/api';
import { FieldInstant } from '../../kit/FieldInstant';
import { FieldReference } from '../../kit/FieldReference';
import { FieldSelect } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import type { Fields, RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import type { Fault } from '../../kit/rules';
import { FieldCaller } from './FieldCaller';

type Explained = Schemas['ExplainedCallView'];
type Source = 'phone' | 'gateway';

/** A call that isn't made: the code that routes real ones says what it would do. */
export function ExplainForm() {
  const { t } = useI18n();
  const [source, setSource] = useState<Source>('phone');
  const [found, setFound] = useState<Explained | null>(null);
  const check = (values: Fields): Record<string, Fault> => {
    const needed = ['tenant_id', ...(source === 'phone' ? ['subscriber_id'] : ['carrier_id', 'gateway_id'])];
    return Object.fromEntries(needed.filter((name) => !values[name]).map((name): [string, Fault] => [name, ['rule.required']]));
  };
  const ask = ({ tenant_id: tenant, carrier_id, gateway_id, ...body }: Fields) => {
    const caller = source === 'phone' ? { ...body, calling: '' } : { ...body, subscriber_id: '', gateway: { carrier_id, gateway_id } };
    return send<Explained>('POST', `/v1/tenants/${String(tenant)}/explain-call`, { body: caller });
  };
  return (
    <Stack>
      <Text size="sm">{t('explain.text')}</Text>
      <SegmentedControl value={source} onChange={(value) => setSource(value)} aria-label={t('explain.source')}
        data={[{ value: 'phone', label: t('explain.phone') }, { value: 'gateway', label: t('explain.gateway') }]} />
      <ActionForm key={source} schema="ExplainCallBody" button={t('explain.ask')} act={ask} check={check} onSuccess={setFound}
        values={{ tenant_id: '', subscriber_id: '', carrier_id: '', gateway_id: '', dialled: '', calling: '', at: null, gateway: null }}>
        {(form) => (
          <>
            <FieldReference name="tenant_id" path="/v1/tenants" required />
            {source === 'phone' ? <FieldCaller tenant={String(form.getValues().tenant_id)} /> : <FromGateway form={form} />}
            <FieldText name="dialled" required />
            <FieldInstant name="at" />
          </>
        )}
      </ActionForm>
      <div role="status">{found && <Explanation found={found} />}</div>
    </Stack>
  );
}

function FromGateway({ form }: { form: RecordForm }) {
  const carrier = String(form.getValues().carrier_id);
  const { data } = useQuery({
    queryKey: ['/v1/carriers', 'one', carrier],
    queryFn: () => send<Schemas['CarrierView']>('GET', `/v1/carriers/${carrier}`),
    enabled: carrier !== '',
  });
  return (
    <>
      <FieldReference name="carrier_id" help="none" path="/v1/carriers" required />
      <FieldSelect name="gateway_id" options={data?.gateways.map((one) => ({ value: one.gateway_id, label: one.name })) ?? []} required />
      <FieldText name="calling" />
    </>
  );
}

function Explanation({ found }: { found: Explained }) {
  const { t } = useI18n();
  return (
    <Stack gap="sm">
      <Alert color={found.routed ? 'green' : 'red'} title={found.summary}>{found.advice}</Alert>
      <Title order={3} size="h5">{t('call.decisions')}</Title>
      <ol className="decisions">{found.steps.map((step, index) => <li key={index}>{step.text}</li>)}</ol>
      {found.requests.length > 0 && <Title order={3} size="h5">{t('explain.requests')}</Title>}
      {found.requests.map((lines, index) => <pre key={index} className="card mono" tabIndex={0}>{lines.join('\n')}</pre>)}
      {found.unknown.length > 0 && (
        <>
          <Title order={3} size="h5">{t('explain.unknown')}</Title>
          <ul className="decisions">{found.unknown.map((line) => <li key={line}>{line}</li>)}</ul>
        </>
      )}
    </Stack>
  );
}
