import { Group, NativeSelect, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useNames } from '../../kit/FieldReference';
import { useI18n } from '../../kit/i18n';
import { useListSearch } from '../../kit/useListSearch';

const FILTERS = ['number', 'direction', 'result', 'tenant', 'carrier', 'since', 'until'] as const;
type Filter = (typeof FILTERS)[number];

/** What the address says, as the API takes it: days are those of the browser's time zone, the last one included. */
export function useCallQuery(shown: readonly Filter[] = FILTERS): { query: Record<string, string | undefined>; isFiltered: boolean } {
  const [search] = useListSearch();
  const value = (name: Filter) => (shown.includes(name) ? search[name] : undefined);
  const query = {
    number: value('number')?.replace(/[\s()-]/g, ''), direction: value('direction'), result: value('result'),
    tenant_id: value('tenant'), carrier_id: value('carrier'),
    since: startOf(value('since')), until: startOf(value('until'), 1),
  };
  return { query, isFiltered: shown.some(value) };
}

export function startOf(day: string | undefined, later = 0): string | undefined {
  const at = new Date(`${day ?? ''}T00:00:00`);
  if (Number.isNaN(at.getTime())) return undefined;
  at.setDate(at.getDate() + later);
  return new Date(at.getTime() - later).toISOString(); // the last millisecond of the day, if later
}

export function CallFilters({ shown = FILTERS }: { shown?: readonly Filter[] }) {
  const { t, find } = useI18n();
  const [search, change] = useListSearch();
  const type = useDebouncedCallback((text: string) => change({ number: text }), 250);
  const options = (values: string[]) => [{ value: '', label: t('call.all') }, ...values.map((value) => ({ value, label: find(`o.${value}`) }))];
  const choice = (name: 'direction' | 'result', values: string[]) => shown.includes(name) && (
    <NativeSelect label={t(`call.${name}`)} value={search[name] ?? ''} data={options(values)} onChange={(event) => change({ [name]: event.currentTarget.value })} />
  );
  const day = (name: 'since' | 'until') => (
    <TextInput type="date" label={t(`call.${name}`)} value={search[name] ?? ''} onChange={(event) => change({ [name]: event.currentTarget.value })} />
  );
  return (
    <Group mb="sm" gap="sm" align="flex-end">
      <TextInput type="search" label={t('call.number')} placeholder="+1209" defaultValue={search.number} onChange={(event) => type(event.currentTarget.value)} />
      {choice('direction', ['internal', 'outbound', 'inbound'])}
      {choice('result', ['answered', 'not_answered', 'refused'])}
      <Named name="tenant" path="/v1/tenants" />
      {shown.includes('carrier') && <Named name="carrier" path="/v1/carriers" />}
      {day('since')}
      {day('until')}
    </Group>
  );
}

function Named({ name, path }: { name: 'tenant' | 'carrier'; path: string }) {
  const { t } = useI18n();
  const [search, change] = useListSearch();
  const names = useNames(path);
  return (
    <Select label={t(`call.${name}`)} placeholder={t('call.all')} data={names.map(({ id, name: label }) => ({ value: id, label }))} value={search[name] ?? null}
      searchable clearable clearButtonProps={{ 'aria-label': t('kit.clear') }} limit={100} nothingFoundMessage={t('kit.nothing_found')}
      onChange={(next) => change({ [name]: next ?? '' })} w={200} />
  );
}
