import { Alert, Button, Drawer, Group, NativeSelect, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { Schemas } from '../../kit/api';
import { DataTable } from '../../kit/DataTable';
import { Empty } from '../../kit/Empty';
import { useI18n } from '../../kit/i18n';
import { Mark } from '../../kit/Standing';
import { useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { useRows } from '../../kit/useRows';
import { CallDetail } from '../calls/CallDetail';
import { SubscriberSelect } from '../SubscriberSelect';
import { TENANT } from '../tenant';

export function Calls() {
  const { t } = useI18n();
  const [search, change] = useListSearch();
  return (
    <>
      <Title order={1} size="h2" mb="xs">{t('call.title')}</Title>
      <Text c="dimmed" mb="md" maw={720}>{t('call.about')}</Text>
      <Filters />
      <Rows />
      <Drawer attributes={{ header: { role: 'presentation' } }} opened={Boolean(search.open)} onClose={() => change({ open: '' })} position="right" size={560}
        title={t('call.explain')} closeButtonProps={{ 'aria-label': t('kit.close') }}>
        {search.open && <CallDetail id={search.open} />}
      </Drawer>
    </>
  );
}

function Filters() {
  const { t, find } = useI18n();
  const [{ number = '', direction = '', result = '', subscriber = '', since = '', until = '' }, change] = useListSearch();
  const type = useDebouncedCallback((text: string) => change({ number: text.replace(/[\s().-]/g, '') }), 250);
  const options = (values: string[]) => [{ value: '', label: t('call.all') }, ...values.map((value) => ({ value, label: find(`o.${value}`) }))];
  return (
    <Group mb="sm" align="end" gap="xs">
      <TextInput type="search" label={t('call.number')} defaultValue={number} onChange={(event) => type(event.currentTarget.value)} />
      <SubscriberSelect label={t('call.subscriber')} value={subscriber} onChange={(id) => change({ subscriber: id })} clearable />
      <NativeSelect label={t('call.direction')} value={direction} data={options(['internal', 'outbound', 'inbound'])} onChange={(event) => change({ direction: event.currentTarget.value })} />
      <NativeSelect label={t('call.result')} value={result} data={options(['answered', 'not_answered', 'refused'])} onChange={(event) => change({ result: event.currentTarget.value })} />
      <TextInput type="date" label={t('call.since')} value={since} onChange={(event) => change({ since: event.currentTarget.value })} />
      <TextInput type="date" label={t('call.until')} value={until} onChange={(event) => change({ until: event.currentTarget.value })} />
    </Group>
  );
}

/** Midnight here at the beginning of a day, or of the one after it. */
function instantOf(day: string, after = 0): string | undefined {
  const [year, month, date] = day.split('-').map(Number);
  return year && month && date ? new Date(year, month - 1, date + after).toISOString() : undefined;
}

function Rows() {
  const { t, find, date } = useI18n();
  const tell = useProblemText();
  const [{ number, direction, result, subscriber, since = '', until = '' }, change] = useListSearch();
  const asked = { number, direction, result, subscriber_id: subscriber, since: instantOf(since), until: instantOf(until, 1) };
  const { rows, ...list } = useRows<Schemas['CallView']>(`${TENANT}/calls`, asked);
  if (list.error) return <Alert color="red" role="alert">{tell(list.error)}</Alert>;
  if (rows?.length === 0) {
    return Object.values(asked).some(Boolean) ? <Text c="dimmed">{t('kit.nothing_found')}</Text> : <Empty title={t('call.none')} text={t('call.empty')} />;
  }
  return (
    <>
      <DataTable label={t('call.title')} rows={rows} keyOf={(row) => row.call_id} onOpen={(row) => change({ open: row.call_id })} columns={[
        { title: t('kit.when'), cell: (row) => date(row.setup_at) },
        { title: t('call.caller'), cell: (row) => row.caller.name || row.caller.number || t('call.withheld') },
        { title: t('call.called'), cell: (row) => row.called.name || row.called.number || row.dialled },
        { title: t('call.direction'), cell: (row) => find(`o.${row.direction}`) },
        { title: t('call.result'), cell: (row) => <Mark good={row.result === 'answered'}>{find(`o.${row.result}`)}</Mark> },
        { title: t('call.talk'), cell: (row) => t('call.seconds', { n: row.talk_s }) },
      ]} />
      {list.hasNextPage && (
        <Button variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('kit.more')}</Button>
      )}
    </>
  );
}
