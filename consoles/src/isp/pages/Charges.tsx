import { Alert, Anchor, Button, Drawer, Group, NativeSelect, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { send, type Schemas } from '../../kit/api';
import { DataTable } from '../../kit/DataTable';
import { Empty } from '../../kit/Empty';
import { useNames } from '../../kit/FieldReference';
import { useI18n } from '../../kit/i18n';
import { Mark } from '../../kit/Standing';
import { timeOf } from '../../kit/ids';
import { asSearch, useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { useRows } from '../../kit/useRows';
import { CallFilters, useCallQuery } from '../calls/CallFilters';
import { Charges as ChargesOf } from '../charges/Charges';
import { PriceCheck } from '../charges/PriceCheck';

const PRICE = 'price';
const FILTERS = ['number', 'tenant', 'since', 'until'] as const;

export function Charges() {
  const { t } = useI18n();
  const [{ open = '', state = '' }, change] = useListSearch();
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Title order={1} size="h2">{t('charge.title')}</Title>
        <Button onClick={() => change({ open: PRICE })}>{t('charge.check')}</Button>
      </Group>
      <Text c="dimmed" mb="md" maw={720}>{t('charge.about')}</Text>
      <NativeSelect label={t('charge.which')} value={state} mb="sm" maw={260} onChange={(event) => change({ state: event.currentTarget.value })}
        data={[{ value: '', label: t('charge.all') }, { value: 'unrated', label: t('charge.only_unrated') }]} />
      {state === 'unrated' ? <Unrated /> : <Rated />}
      <Drawer attributes={{ header: { role: 'presentation' } }} opened={open !== ''} onClose={() => change({ open: '' })} position="right" size={640}
        title={t(open === PRICE ? 'charge.check' : 'charge.one')} closeButtonProps={{ 'aria-label': t('kit.close') }}>
        {open === PRICE && <PriceCheck />}
        {open && open !== PRICE && <Opened id={open} />}
      </Drawer>
    </>
  );
}

/** All calls that were answered: each has charges, or says why it has none. */
function Rated() {
  const { t, date, money } = useI18n();
  const tell = useProblemText();
  const [, change] = useListSearch();
  const { query, isFiltered } = useCallQuery(FILTERS);
  const { rows, ...list } = useRows<Schemas['IspCallView']>('/v1/calls', { ...query, result: 'answered' });
  if (list.error && !rows) return <Alert color="red" role="alert">{tell(list.error)}</Alert>;
  if (rows?.length === 0 && !isFiltered) return <Empty title={t('charge.none')} text={t('charge.empty')} />;
  return (
    <>
      <CallFilters shown={FILTERS} />
      <DataTable label={t('charge.title')} rows={rows} keyOf={(row) => row.call_id} onOpen={(row) => change({ open: row.call_id })} columns={[
        { title: t('kit.when'), cell: (row) => date(row.setup_at) },
        { title: t('f.customer_id'), cell: (row) => row.customer_name },
        { title: t('number.tenant'), cell: (row) => row.tenant_name },
        { title: t('call.called'), cell: (row) => row.called.name || row.called.number || row.dialled },
        { title: t('call.talk'), cell: (row) => t('call.seconds', { n: row.talk_s }) },
        { title: t('call.amount'), cell: (row) => (row.unrated ? <Mark good={false}>{t('call.unrated')}</Mark> : row.currency ? money(row.amount_micros, row.currency) : t('charge.nothing')) },
      ]} />
      <More rows={rows} list={list} />
    </>
  );
}

function Unrated() {
  const { t, date } = useI18n();
  const tell = useProblemText();
  const [, change] = useListSearch();
  const tenants = useNames('/v1/tenants');
  const customers = useNames('/v1/customers');
  const { rows, ...list } = useRows<Schemas['UnratedCallView']>('/v1/charges', { state: 'unrated' });
  if (list.error && !rows) return <Alert color="red" role="alert">{tell(list.error)}</Alert>;
  if (rows?.length === 0) return <Empty title={t('charge.none_unrated')} text={t('charge.empty_unrated')} />;
  const nameIn = (names: { id: string; name: string }[], id: string) => names.find((one) => one.id === id)?.name ?? '';
  return (
    <>
      <DataTable label={t('charge.only_unrated')} rows={rows} keyOf={(row) => row.call_id} onOpen={(row) => change({ open: row.call_id })} columns={[
        { title: t('kit.when'), cell: (row) => date(timeOf(row.call_id)) },
        { title: t('f.customer_id'), cell: (row) => nameIn(customers, row.customer_id) },
        { title: t('number.tenant'), cell: (row) => nameIn(tenants, row.tenant_id) },
        { title: t('call.called'), cell: (row) => row.legs.map((leg) => leg.number).join(', ') },
        { title: t('f.reason'), cell: (row) => row.legs[0]?.reason },
      ]} />
      <More rows={rows} list={list} />
    </>
  );
}

function More({ rows, list }: { rows: unknown[] | undefined; list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } }) {
  const { t } = useI18n();
  return (
    <>
      {rows?.length === 0 && <Text c="dimmed" py="md">{t('kit.nothing_found')}</Text>}
      {list.hasNextPage && <Button variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>{t('kit.more')}</Button>}
    </>
  );
}

function Opened({ id }: { id: string }) {
  const { t, date } = useI18n();
  const tell = useProblemText();
  const { data, error } = useQuery({ queryKey: ['/v1/calls', 'charges', id], queryFn: () => send<Schemas['ChargesView']>('GET', `/v1/calls/${id}/charges`) });
  if (error) return <Alert color="red" role="alert">{tell(error)}</Alert>;
  if (!data) return <Skeleton height={240} />;
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm">{date(data.setup_at)}</Text>
        <Anchor component={Link} to="/calls" search={asSearch({ open: id })} size="sm">{t('call.explain')}</Anchor>
      </Group>
      <ChargesOf id={id} charges={data.charges} />
    </Stack>
  );
}
