import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { send, type Schemas } from '../kit/api';
import { useI18n } from '../kit/i18n';
import type { Page } from '../kit/resource';
import { TENANT } from './tenant';

const MOST = 200;
type Subscriber = Schemas['SubscriberView'];

/** "Alice Adams (alice, 1001)" */
export function told({ name, username, alias }: Pick<Subscriber, 'name' | 'username' | 'alias'>): string {
  const others = [name ? username : '', alias].filter(Boolean).join(', ');
  return others ? `${name || username} (${others})` : name || username;
}

interface Props {
  label: string;
  /** Empty: nobody. */
  value: string;
  onChange: (id: string) => void;
  description?: string;
  clearable?: boolean;
  hideLabel?: boolean;
}

/** One of the tenant's subscribers, found by name, username or extension; of many, by the beginning of the username. */
export function SubscriberSelect({ label, value, onChange, description, clearable = false, hideLabel = false }: Props) {
  const { t } = useI18n();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed, 250);
  const all = useSubscribers('');
  const isFew = all !== undefined && all.length < MOST;
  const found = useSubscribers(isFew || (all ?? []).some((one) => told(one) === search) ? '' : search);
  const chosen = useQuery({
    queryKey: [`${TENANT}/subscribers`, 'one', value],
    queryFn: () => send<Subscriber>('GET', `${TENANT}/subscribers/${value}`),
    enabled: value !== '',
  });
  const people = new Map([...(all ?? []), ...(found ?? []), ...(chosen.data ? [chosen.data] : [])].map((one) => [one.id, told(one)]));
  return (
    <Select {...(hideLabel ? { 'aria-label': label } : { label })} description={description} searchable clearable={clearable} limit={100}
      value={value || null} data={[...people].map(([id, text]) => ({ value: id, label: text }))} onSearchChange={setTyped}
      nothingFoundMessage={t('kit.nothing_found')} clearButtonProps={{ 'aria-label': `${t('kit.clear')}: ${label}` }}
      onChange={(next) => onChange(next ?? '')} />
  );
}

function useSubscribers(search: string): Subscriber[] | undefined {
  const { data } = useQuery({
    queryKey: [`${TENANT}/subscribers`, 'choice', search],
    queryFn: () => send<Page<Subscriber>>('GET', `${TENANT}/subscribers`, { query: { limit: MOST, search } }),
  });
  return data?.items;
}
