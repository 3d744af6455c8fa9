import { Divider, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, send, take, type Schemas } from '../../kit/api';
import { DataTable } from '../../kit/DataTable';
import { FieldMoney } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { say } from '../../kit/undo';
import { ActionForm } from '../../kit/ActionForm';

/** What the customer has, how it came to that, and a way to correct it. */
export function Balance({ customer: { id, currency } }: { customer: Schemas['CustomerView'] }) {
  const { t, date, money, find } = useI18n();
  const queries = useQueryClient();
  const [booked, setBooked] = useState(0);
  const params = { params: { path: { customer_id: id } } };
  const key = ['balance', id];
  const { data } = useQuery({
    queryKey: key,
    queryFn: async () => ({
      balance: await take(api.GET('/v1/customers/{customer_id}/balance', params)),
      ledger: await take(api.GET('/v1/customers/{customer_id}/ledger', params)),
    }),
  });
  const done = async () => {
    setBooked(booked + 1);
    say(t('kit.saved'));
    await queries.invalidateQueries({ queryKey: key });
  };
  return (
    <Stack mt="xl">
      <Divider />
      <Group justify="space-between">
        <Title order={3} size="h4">{t('customer.balance')}</Title>
        {data ? <Text fw={700}>{money(data.balance.balance_micros, currency)}</Text> : <Skeleton height={20} width={90} />}
      </Group>
      {data?.ledger.items.length === 0 && <Text size="sm" c="dimmed">{t('customer.no_bookings')}</Text>}
      {data && data.ledger.items.length > 0 && (
        <DataTable label={t('customer.ledger')} rows={data.ledger.items} keyOf={(row) => row.key} columns={[
          { title: t('kit.when'), cell: (row) => date(row.at) },
          { title: t('customer.kind'), cell: (row) => find(`booking.${row.kind}`) || row.kind },
          { title: t('customer.amount'), cell: (row) => money(row.amount_micros, currency) },
          { title: t('f.reason'), cell: (row) => row.note },
        ]} />
      )}
      <details>
        <summary>{t('customer.adjust')}</summary>
        <ActionForm key={booked} schema="AdjustmentBody" values={{ amount_micros: null, reason: '' }} button={t('customer.book')} onSuccess={done}
          act={(body) => send('POST', `/v1/customers/${id}/adjustments`, { body })}>
          <FieldMoney name="amount_micros" currency={currency} required />
          <FieldText name="reason" required />
        </ActionForm>
      </details>
    </Stack>
  );
}
