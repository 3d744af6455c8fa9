import { SimpleGrid } from '@mantine/core';
import { useMemo } from 'react';
import type { Schemas } from '../../kit/api';
import { FieldReference } from '../../kit/FieldReference';
import { FieldMoney, FieldNumber, FieldSelect } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import type { Resource } from '../../kit/resource';
import { useCurrency } from '../../kit/me';
import { currencies } from '../../kit/places';

const PLANS: Resource = { path: '/v1/service-plans', noun: 'service_plan', schema: 'ServicePlanCreateBody', fixed: ['currency'] };

export function ServicePlans() {
  const { t, money, find } = useI18n();
  return (
    <ListPage<Schemas['ServicePlanView']> resource={PLANS}
      columns={[
        { title: t('f.name'), cell: (row) => row.name },
        { title: t('f.payment'), cell: (row) => find(`o.${row.payment}`) },
        { title: t('f.subscriber_month_micros'), cell: (row) => money(row.subscriber_month_micros, row.currency) },
        { title: t('f.did_month_micros'), cell: (row) => money(row.did_month_micros, row.currency) },
      ]}
      fields={(form, record) => <PlanFields form={form} isNew={!record} />} />
  );
}

function PlanFields({ form, isNew }: { form: RecordForm; isNew: boolean }) {
  const { t, language } = useI18n();
  const options = useMemo(() => currencies(language), [language]);
  const own = useCurrency();
  const currency = String(form.getValues().currency);
  if (isNew && !currency && own) form.setFieldValue('currency', own);
  return (
    <>
      <FieldText name="name" help="service_plan_name" required />
      <FieldSelect name="currency" help="currency_plan" options={options} disabled={!isNew} required />
      <FieldSelect name="payment" options={[{ value: 'postpaid', label: t('o.postpaid') }, { value: 'prepaid', label: t('o.prepaid') }]} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <FieldMoney name="subscriber_month_micros" currency={currency} />
        <FieldMoney name="did_month_micros" currency={currency} />
      </SimpleGrid>
      <FieldNumber name="invoice_day" />
      <FieldReference name="carrier_id" path="/v1/carriers" />
      <FieldReference name="dialplan_id" path="/v1/dialplans" />
      <FieldReference name="rate_deck_id" path="/v1/rate-decks" none={t('service_plan.no_rate_deck')} />
      <FieldReference name="service_deck_id" path="/v1/service-decks" none={t('service_plan.no_service_deck')} />
    </>
  );
}
