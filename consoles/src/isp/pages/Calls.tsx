import { Alert, Button, Drawer, Group, Text, Title } from '@mantine/core';
import type { Schemas } from '../../kit/api';
import { DataTable } from '../../kit/DataTable';
import { Empty } from '../../kit/Empty';
import { useI18n } from '../../kit/i18n';
import { Mark } from '../../kit/Standing';
import { useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { useRows } from '../../kit/useRows';
import { CallDetail } from '../calls/CallDetail';
import { CallFilters, useCallQuery } from '../calls/CallFilters';
import { ExplainForm } from '../calls/ExplainForm';

type Call = Schemas['IspCallView'];
const ASK = 'explain';

export function Calls() {
  const { t } = useI18n();
  const [{ open = '' }, change] = useListSearch();
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Title order={1} size="h2">{t('call.title')}</Title>
        <Button onClick={() => change({ open: ASK })}>{t('explain.title')}</Button>
      </Group>
      <Text c="dimmed" mb="md" maw={720}>{t('call.about')}</Text>
      <Rows />
      <Drawer attributes={{ header: { role: 'presentation' } }} opened={open !== ''} onClose={() => change({ open: '' })} position="right" size={640}
        title={t(open === ASK ? 'explain.title' : 'call.explain')} closeButtonProps={{ 'aria-label': t('kit.close') }}>
        {open === ASK && <ExplainForm />}
        {open && open !== ASK && <CallDetail id={open} />}
      </Drawer>
    </>
  );
}

function Rows() {
  const { t, find, date, money } = useI18n();
  const tell = useProblemText();
  const [, change] = useListSearch();
  const { query, isFiltered } = useCallQuery();
  const { rows, ...list } = useRows<Call>('/v1/calls', query);
  if (rows?.length === 0 && !isFiltered) return <Empty title={t('call.none')} text={t('call.empty')} action={t('explain.title')} onAction={() => change({ open: ASK })} />;
  const explain = (row: Call) => (
    <Button size="compact-xs" variant="default" aria-label={t('call.explain_one', { caller: row.caller.name || row.caller.number, dialled: row.dialled })}
      onClick={(event) => {
        event.stopPropagation();
        change({ open: row.call_id });
      }}>{t('call.explain_short')}</Button>
  );
  return (
    <>
      <CallFilters />
      {list.error && <Alert color="red" role="alert" mb="sm">{tell(list.error)}</Alert>}
      <DataTable label={t('call.title')} rows={rows} keyOf={(row) => row.call_id} onOpen={(row) => change({ open: row.call_id })} columns={[
        { title: t('kit.when'), cell: (row) => date(row.setup_at) },
        { title: t('number.tenant'), cell: (row) => row.tenant_name },
        { title: t('call.caller'), cell: (row) => row.caller.name || row.caller.number },
        { title: t('call.called'), cell: (row) => row.called.name || row.called.number || row.dialled },
        { title: t('call.direction'), cell: (row) => find(`o.${row.direction}`) },
        { title: t('call.result'), cell: (row) => <Mark good={row.result === 'answered'}>{find(`o.${row.result}`)}</Mark> },
        { title: t('call.talk'), cell: (row) => t('call.seconds', { n: row.talk_s }) },
        { title: t('call.amount'), cell: (row) => (row.unrated ? t('call.unrated') : row.currency ? money(row.amount_micros, row.currency) : '') },
        { title: t('kit.actions'), cell: explain },
      ]} />
      {rows?.length === 0 && <Text c="dimmed" py="md">{t('kit.nothing_found')}</Text>}
      {list.hasNextPage && (
        <Button variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('kit.more')}</Button>
      )}
    </>
  );
}
