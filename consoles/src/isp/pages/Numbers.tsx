import { Alert, Button, Drawer, Group, NativeSelect, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send, type Schemas } from '../../kit/api';
import { DataTable } from '../../kit/DataTable';
import { Empty } from '../../kit/Empty';
import { useNames } from '../../kit/FieldReference';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { offerUndo, say } from '../../kit/undo';
import { useListSearch } from '../../kit/useListSearch';
import { useRows } from '../../kit/useRows';
import { useProblemText } from '../../kit/useProblemText';
import { ActionForm } from '../../kit/ActionForm';
import { Mark } from '../../kit/Standing';

const PATH = '/v1/dids';

export function Numbers() {
  const { t } = useI18n();
  const [{ open }, change] = useListSearch();
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Title order={1} size="h2">{t('number.title')}</Title>
        <Button onClick={() => change({ open: 'new' })}>{t('number.add')}</Button>
      </Group>
      <Text c="dimmed" mb="md" maw={720}>{t('number.about')}</Text>
      <Inventory onAdd={() => change({ open: 'new' })} />
      <Drawer attributes={{ header: { role: 'presentation' } }} opened={open === 'new'} onClose={() => change({ open: '' })} position="right" size={460} title={t('number.add')}
        closeButtonProps={{ 'aria-label': t('kit.close') }}>
        <Add />
      </Drawer>
    </>
  );
}

function Inventory({ onAdd }: { onAdd: () => void }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const [{ q = '', state = '' }, change] = useListSearch();
  const type = useDebouncedCallback((text: string) => change({ q: text }), 250);
  const tenants = useNames('/v1/tenants');
  const { rows, ...list } = useRows<Schemas['DidView']>(PATH, { search: q, state });
  if (list.error) return <Alert color="red" role="alert">{tell(list.error)}</Alert>;
  if (rows?.length === 0 && !q && !state) {
    return <Empty title={t('number.none')} text={t('number.empty')} action={t('number.add')} onAction={onAdd} />;
  }
  return (
    <>
      <Group mb="sm">
        <TextInput type="search" aria-label={t('kit.search')} placeholder={t('number.search')} defaultValue={q}
          onChange={(event) => type(event.currentTarget.value)} />
        <NativeSelect aria-label={t('kit.state')} value={state} onChange={(event) => change({ state: event.currentTarget.value })}
          data={[{ value: '', label: t('number.all') }, { value: 'free', label: t('number.free') }, { value: 'allocated', label: t('number.allocated') }]} />
      </Group>
      <DataTable label={t('number.title')} rows={rows} keyOf={(row) => row.number} columns={[
        { title: t('f.number'), cell: (row) => <span className="mono">{row.number}</span> },
        { title: t('number.tenant'), cell: (row) => (row.tenant_id ? tenants.find((one) => one.id === row.tenant_id)?.name : <Mark good>{t('number.free')}</Mark>) },
        { title: t('kit.actions'), cell: (row) => !row.tenant_id && <Remove number={row.number} /> },
      ]} />
      {rows?.length === 0 && <Text c="dimmed" py="md">{t('kit.nothing_found')}</Text>}
      {list.hasNextPage && (
        <Button variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('kit.more')}</Button>
      )}
    </>
  );
}

function Remove({ number }: { number: string }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: [PATH] });
  const failed = (error: unknown) => say(tell(error), 'red');
  const remove = async () => {
    await send('DELETE', `${PATH}/${encodeURIComponent(number)}`);
    await refresh();
    const onUndo = () => send('POST', PATH, { body: { number } }).then(refresh, failed);
    offerUndo({ text: t('number.removed', { number }), undo: t('kit.undo'), onUndo });
  };
  return <Button size="compact-xs" variant="default" aria-label={`${t('kit.delete')}: ${number}`} onClick={() => void remove().catch(failed)}>{t('kit.delete')}</Button>;
}

function Add() {
  const { t } = useI18n();
  const queries = useQueryClient();
  const [kind, setKind] = useState('one');
  const [made, setMade] = useState<Schemas['NewDidsView'] | null>(null);
  const blank = kind === 'one' ? { number: '' } : { first: '', last: '' };
  const show = async (result: Schemas['NewDidsView']) => {
    setMade(result);
    await queries.invalidateQueries({ queryKey: [PATH] });
  };
  return (
    <Stack>
      <SegmentedControl value={kind} onChange={setKind} aria-label={t('number.kind')}
        data={[{ value: 'one', label: t('number.one') }, { value: 'range', label: t('number.range') }]} />
      <ActionForm key={kind} schema="NewDidsBody" values={blank} button={t('number.add')} onSuccess={show}
        act={(body) => send<Schemas['NewDidsView']>('POST', PATH, { body })}>
        {kind === 'one' ? <FieldText name="number" required /> : <><FieldText name="first" required /><FieldText name="last" required /></>}
      </ActionForm>
      {made && (
        <Alert role="status" color={made.taken.length ? 'yellow' : 'green'}>
          {t('number.made', { n: made.created.length })}
          {made.existing.length > 0 && ` ${t('number.existing', { n: made.existing.length })}`}
          {made.taken.length > 0 && ` ${t('number.taken', { numbers: made.taken.join(', ') })}`}
        </Alert>
      )}
    </Stack>
  );
}
