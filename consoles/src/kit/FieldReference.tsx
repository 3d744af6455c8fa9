import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from './api';
import { asText, useField } from './formContext';
import type { FieldProps } from './FieldText';
import { useI18n } from './i18n';

interface Named {
  id: string;
  name: string;
}

/** Records of a kind by name, so that screens show no ids. */
export function useNames(path: string, search = ''): Named[] {
  const { data } = useQuery({
    queryKey: [path, 'names', search],
    queryFn: () => send<{ items: Named[] }>('GET', path, { query: { limit: 200, search } }),
  });
  return data?.items ?? [];
}

const NONE = 'none';

/** Another record, chosen by its name; empty is none, which `none` makes a choice of its own. */
export function FieldReference({ name, help, path, none, ...rest }: FieldProps & { path: string; none?: string }) {
  const { t } = useI18n();
  const { value, texts, onChange, onBlur, error } = useField(name, help);
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, 250);
  const all = useNames(path);
  const isShown = all.some((one) => one.name === asked);
  const found = useNames(path, isShown || all.length < 200 ? '' : asked);
  const named = [...new Map([...all, ...found].map((one) => [one.id, { value: one.id, label: one.name }])).values()];
  const data = none ? [{ value: NONE, label: none }, ...named] : named;
  return (
    <Select {...texts} {...rest} data={data} value={asText(value) || (none ? NONE : null)} error={error} onBlur={onBlur} searchable
      clearable={!rest.required && !none} nothingFoundMessage={t('kit.nothing_found')} limit={100} onSearchChange={setSearch}
      clearButtonProps={{ 'aria-label': t('kit.clear') }} onChange={(next) => onChange(next === NONE ? '' : (next ?? ''))} />
  );
}
