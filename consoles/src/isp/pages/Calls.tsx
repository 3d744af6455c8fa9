import { Alert, Button, Drawer, Group, NativeSelect, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { Schemas } from '../../kit/api';
import { DataTable } from '../../kit/DataTable';
import { Empty } from '../../kit/Empty';
import { useI18n } from '../../kit/i18n';
import { useListSearch } from '../../kit/useListSearch';
import { useRows } from '../../kit/useRows';
import { useProblemText } from '../../kit/useProblemText';
import { CallDetail } from '../calls/CallDetail';
import { Mark } from '../../kit/Standing';

type Call = Schemas['IspCallView'];

export function Calls() {
  const { t } = useI18n();
  const [search, change] = useListSearch();
  return (
    <>
      <Title order={1} size="h2" mb="xs">{t('call.title')}</Title>
      <Text c="dimmed" mb="md" maw={720}>{t('call.about')}</Text>
      <Filters />
      <Rows />
      <Drawer attributes={{ header: { role: 'presentation' } }} opened={Boolean(search.open)} onClose={() => change({ open: '' })} position="right" size={640} title={t('call.explain')}
        closeButtonProps={{ 'aria-label': t('kit.close') }}>
        {search.open && <CallDetail id={search.open} />}
      </Drawer>
    </>
  );
}

function Filters() {
  const { t, find } = useI18n();
  const [{ number = '', direction = '', result = '' }, change] = useListSearch();
  const type = useDebouncedCallback((text: string) => change({ number: text }), 250);
  const options = (values: string[]) => [{ value: '', label: t('call.all') }, ...values.map((value) => ({ value, label: find(`o.${value}`) }))];
  return (
    <Group mb="sm">
      <TextInput type="search" aria-label={t('call.number')} placeholder={t('call.number')} defaultValue={number} onChange={(event) => type(event.currentTarget.value)} />
      <NativeSelect aria-label={t('call.direction')} value={direction} data={options(['internal', 'outbound', 'inbound'])} onChange={(event) => change({ direction: event.currentTarget.value })} />
      <NativeSelect aria-label={t('call.result')} value={result} data={options(['answered', 'not_answered', 'refused'])} onChange={(event) => change({ result: event.currentTarget.value })} />
    </Group>
  );
}

function Rows() {
  const { t, find, date, money } = useI18n();
  const tell = useProblemText();
  const [{ number, direction, result }, change] = useListSearch();
  const { rows, ...list } = useRows<Call>('/v1/calls', { number, direction, result });
  if (list.error) return <Alert color="red" role="alert">{tell(list.error)}</Alert>;
  if (rows?.length === 0) {
    return number || direction || result ? <Text c="dimmed">{t('kit.nothing_found')}</Text> : <Empty title={t('call.none')} text={t('call.empty')} />;
  }
  return (
    <>
      <DataTable label={t('call.title')} rows={rows} keyOf={(row) => row.call_id} onOpen={(row) => change({ open: row.call_id })} columns={[
        { title: t('kit.when'), cell: (row) => date(row.setup_at) },
        { title: t('call.caller'), cell: (row) => row.caller.name || row.caller.number },
        { title: t('call.called'), cell: (row) => row.called.name || row.called.number || row.dialled },
        { title: t('call.direction'), cell: (row) => find(`o.${row.direction}`) },
        { title: t('call.result'), cell: (row) => <Mark good={row.result === 'answered'}>{find(`o.${row.result}`)}</Mark> },
        { title: t('call.talk'), cell: (row) => t('call.seconds', { n: row.talk_s }) },
        { title: t('call.amount'), cell: (row) => (row.unrated || !row.currency ? t('call.unrated') : money(row.amount_micros, row.currency)) },
      ]} />
      {list.hasNextPage && (
        <Button variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('kit.more')}</Button>
      )}
    </>
  );
}
