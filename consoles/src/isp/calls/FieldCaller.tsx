import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { send, type Schemas } from '../../kit/api';
import { asText, useField } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import type { Page } from '../../kit/resource';

/** Who calls, by name, user name or alias. */
export function FieldCaller({ tenant }: { tenant: string }) {
  const { t } = useI18n();
  const { value, texts, onChange, onBlur, error } = useField('subscriber_id');
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, 250);
  const path = `/v1/tenants/${tenant}/subscribers`;
  const find = (beginning: string) => ({
    queryKey: [path, 'callers', beginning],
    queryFn: () => send<Page<Schemas['SubscriberView']>>('GET', path, { query: { limit: 200, search: beginning } }),
    enabled: tenant !== '',
  });
  const all = useQuery(find('')).data;
  const found = useQuery(find(all?.next_cursor ? asked : '')).data;
  const people = new Map([...(all?.items ?? []), ...(found?.items ?? [])].map((one) => [one.id, one]));
  const label = ({ name, username, alias }: Schemas['SubscriberView']) => `${name || username} (${[username, alias].filter(Boolean).join(', ')})`;
  return (
    <Select {...texts} data={[...people.values()].map((one) => ({ value: one.id, label: label(one) }))} value={asText(value) || null} error={error} onBlur={onBlur}
      required searchable limit={100} disabled={tenant === ''} placeholder={tenant ? '' : t('explain.tenant_first')} nothingFoundMessage={t('kit.nothing_found')}
      onSearchChange={setSearch} onChange={(next) => onChange(next ?? '')} />
  );
}
