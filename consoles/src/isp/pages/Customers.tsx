import type { Schemas } from '../../kit/api';
import { FieldReference, useNames } from '../../kit/FieldReference';
import { FieldLongText, FieldSwitch } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import type { Resource } from '../../kit/resource';
import { Balance } from '../customers/Balance';
import { Standing } from '../../kit/Standing';

const CUSTOMERS: Resource = { path: '/v1/customers', noun: 'customer', schema: 'CustomerBody' };

export function Customers() {
  const { t } = useI18n();
  const plans = useNames('/v1/service-plans');
  return (
    <ListPage<Schemas['CustomerView']> resource={CUSTOMERS}
      columns={[
        { title: t('f.name'), cell: (row) => row.name },
        { title: t('f.email'), cell: (row) => row.email },
        { title: t('f.service_plan_id'), cell: (row) => plans.find((one) => one.id === row.service_plan_id)?.name },
        { title: t('kit.state'), cell: (row) => <Standing suspended={row.suspended} /> },
      ]}
      fields={(_, record) => (
        <>
          <FieldText name="name" help="none" required />
          <FieldReference name="service_plan_id" path="/v1/service-plans" required />
          <FieldText name="email" help="customer_email" type="email" />
          <details open={Boolean(record?.contact_name)}>
            <summary>{t('customer.more')}</summary>
            <FieldText name="contact_name" />
            <FieldText name="phone" />
            <FieldLongText name="address" />
            <FieldText name="tax_id" />
            <FieldLongText name="notes" />
          </details>
          {record && <FieldSwitch name="suspended" help="customer_suspended" />}
        </>
      )}
      extra={(customer) => <Balance customer={customer} />} />
  );
}
