import { SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { ActionForm } from '../../kit/ActionForm';
import { send } from '../../kit/api';
import { FieldInstant } from '../../kit/FieldInstant';
import { FieldReference } from '../../kit/FieldReference';
import { FieldNumber, FieldSelect } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { Proof, type Priced } from './Proof';

const KINDS = ['pstn', 'did', 'sip'] as const;

/** Asked from the functions that rate calls, on the decks that would rate it. */
export function PriceCheck() {
  const { t } = useI18n();
  const [whose, setWhose] = useState('customer');
  const [price, setPrice] = useState<Priced | null>(null);
  return (
    <Stack>
      <SegmentedControl value={whose} onChange={setWhose} aria-label={t('charge.whose')}
        data={[{ value: 'customer', label: t('f.customer_id') }, { value: 'plan', label: t('f.service_plan_id') }]} />
      <ActionForm key={whose} schema="PriceCheckBody" values={{ customer_id: '', service_plan_id: '', kind: 'pstn', number: '', seconds: 60, at: null }}
        button={t('charge.ask')} act={(body) => send<Priced>('POST', '/v1/price-checks', { body })} onSuccess={setPrice}>
        {(form) => (
          <>
            {whose === 'customer' ? <FieldReference name="customer_id" help="none" path="/v1/customers" required /> : <FieldReference name="service_plan_id" help="none" path="/v1/service-plans" required />}
            <FieldSelect name="kind" help="none" options={KINDS.map((value) => ({ value, label: t(`charge.leg_${value}`) }))} />
            {form.getValues().kind !== 'sip' && <FieldText name="number" required />}
            <FieldNumber name="seconds" required />
            <FieldInstant name="at" />
          </>
        )}
      </ActionForm>
      <div role="status">{price && <div className="card"><Proof priced={price} /></div>}</div>
    </Stack>
  );
}
