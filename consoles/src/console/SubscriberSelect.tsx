import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { send, type Schemas } from '../kit/api';
import { useI18n } from '../kit/i18n';
import type { Page } from '../kit/resource';
import { TENANT } from './tenant';

const MOST = 100;
type Person = Pick<Schemas['ContactView'], 'name' | 'username' | 'alias'>;

/** "Alice Adams (alice, 1001)" */
export function told({ name, username, alias }: Person): string {
  const others = [name && name !== username ? username : '', alias].filter(Boolean).join(', ');
  return others ? `${name || username} (${others})` : name || username;
}

interface Props {
  label: string;
  /** Empty: nobody. */
  value: string;
  onChange: (id: string) => void;
  description?: string;
  clearable?: boolean;
}

/** One of the tenant's subscribers, found by any part of name, username or extension, however many there are. */
export function SubscriberSelect({ label, value, onChange, description, clearable = false }: Props) {
  const { t } = useI18n();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed, 250);
  const { data: chosen } = useQuery({
    queryKey: [`${TENANT}/subscribers`, 'one', value],
    queryFn: () => send<Schemas['SubscriberView']>('GET', `${TENANT}/subscribers/${value}`),
    enabled: value !== '',
  });
  const own = chosen ? [{ value: chosen.id, label: told(chosen) }] : [];
  // The text of the choice itself is no search
  const { data: found = [] } = useQuery({
    queryKey: [`${TENANT}/subscribers`, 'choice', own.some((one) => one.label === search) ? '' : search],
    queryFn: async ({ queryKey }) => (await send<Page<Schemas['ContactView']>>('GET', `${TENANT}/contacts`, { query: { limit: MOST, search: queryKey[2] } })).items,
  });
  const people = new Map([...found.map((one) => ({ value: one.subscriber_id, label: told(one) })), ...own].map((one) => [one.value, one]));
  return (
    <Select label={label} description={description} searchable clearable={clearable} limit={MOST} value={value || null} data={[...people.values()]}
      onSearchChange={setTyped} nothingFoundMessage={t('kit.nothing_found')} clearButtonProps={{ 'aria-label': `${t('kit.clear')}: ${label}` }}
      onChange={(next) => onChange(next ?? '')} />
  );
}
