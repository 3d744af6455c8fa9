import { Button, Stack, Text } from '@mantine/core';
import type { Schemas } from '../../kit/api';
import { FieldReference, useNames } from '../../kit/FieldReference';
import { FieldLongText, FieldNumber, FieldSwitch, FieldTags } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import type { Resource } from '../../kit/resource';
import { Standing } from '../../kit/Standing';

const TENANTS: Resource = { path: '/v1/tenants', noun: 'tenant', schema: 'TenantBody' };

export function Tenants() {
  const { t } = useI18n();
  const customers = useNames('/v1/customers');
  return (
    <ListPage<Schemas['TenantView']> resource={TENANTS}
      columns={[
        { title: t('f.name'), cell: (row) => row.name },
        { title: t('f.domain'), cell: (row) => <span className="mono">{row.domain}</span> },
        { title: t('f.customer_id'), cell: (row) => customers.find((one) => one.id === row.customer_id)?.name },
        { title: t('kit.state'), cell: (row) => <Standing suspended={row.suspended} /> },
        { title: t('kit.actions'), cell: (row) => <View tenant={row} /> },
      ]}
      fields={(_, record) => (
        <>
          <FieldText name="name" help="none" required />
          <FieldText name="domain" help="tenant_domain" required />
          <FieldReference name="customer_id" path="/v1/customers" required />
          <FieldReference name="sbc_id" path="/v1/sbcs" required />
          <FieldText name="main_number" />
          <details>
            <summary>{t('tenant.more')}</summary>
            <FieldReference name="carrier_id" help="as_plan" path="/v1/carriers" />
            <FieldReference name="dialplan_id" help="as_plan" path="/v1/dialplans" />
            <FieldText name="country_code" help="tenant_country_code" />
            <FieldTags name="caller_ids" />
            <FieldNumber name="max_calls" />
            <FieldText name="emergency_caller_id" />
            <FieldLongText name="emergency_address" />
          </details>
          {record && <FieldSwitch name="suspended" help="tenant_suspended" />}
        </>
      )}
      extra={(tenant) => (
        <Stack mt="xl" gap="xs" align="flex-start">
          <Text size="sm" c="dimmed">{t('tenant.view_text')}</Text>
          <View tenant={tenant} />
        </Stack>
      )} />
  );
}

/** The tenant's own console, seen as its admin; the page itself asks for the token (kit/place.ts). */
function View({ tenant }: { tenant: Schemas['TenantView'] }) {
  const { t } = useI18n();
  return (
    <Button component="a" href={`/console/view/${tenant.id}/`} target="_blank" rel="noopener" size="compact-sm" variant="default"
      aria-label={t('tenant.view_one', { name: tenant.name })} onClick={(event) => event.stopPropagation()}>{t('tenant.view')}</Button>
  );
}
