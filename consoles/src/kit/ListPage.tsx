import { Alert, Button, Drawer, Group, Skeleton, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { DataTable, type Column } from './DataTable';
import { Empty } from './Empty';
import type { RecordForm as Form } from './formContext';
import { useI18n } from './i18n';
import { RecordForm } from './RecordForm';
import { recordQuery, type RecordView, type Resource } from './resource';
import { useListSearch } from './useListSearch';
import { useRows } from './useRows';
import { useProblemText } from './useProblemText';

interface Props<V extends RecordView> {
  resource: Resource;
  columns: Column<V>[];
  fields: (form: Form, record: V | null) => ReactNode;
  /** Beside the form of a record that exists. */
  extra?: (record: V) => ReactNode;
  size?: string | number;
  /** Records of this kind are made and deleted, never changed. */
  readOnly?: boolean;
  /** What the search looks for, where it isn't the name. */
  searchHint?: string;
  /** Beside the button that adds one. */
  actions?: ReactNode;
  /** After a record was made: the answer may hold what is shown once. */
  onCreated?: (made: V) => void;
}

const NEW = 'new';

/** A list with search and paging, and the form of one record in a drawer over it. */
export function ListPage<V extends RecordView>({ resource, columns, fields, extra, size = 520, readOnly = false, searchHint, actions, onCreated }: Props<V>) {
  const { t } = useI18n();
  const [search, change] = useListSearch();
  const { noun } = resource;
  const add = () => change({ open: NEW });
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Title order={1} size="h2">{t(`${noun}.title`)}</Title>
        <Group gap="xs">
          {actions}
          <Button onClick={add} data-adds>{t(`${noun}.add`)}</Button>
        </Group>
      </Group>
      <Text c="dimmed" mb="md" maw={720}>{t(`${noun}.about`)}</Text>
      <Rows resource={resource} columns={columns} searchHint={searchHint} onAdd={add} onOpen={(row) => change({ open: row.id })} />
      <Drawer attributes={{ header: { role: 'presentation' } }} opened={Boolean(search.open)} onClose={() => change({ open: '' })} position="right" size={size}
        title={t(search.open === NEW ? `${noun}.add` : `${noun}.one`)} closeButtonProps={{ 'aria-label': t('kit.close') }}>
        {search.open && (
          <Opened resource={resource} id={search.open} fields={fields} extra={extra} readOnly={readOnly}
            onDone={() => change({ open: '' })} onSaved={(saved) => {
              if (search.open === NEW) onCreated?.(saved);
              change({ open: readOnly ? saved.id : '' });
            }} />
        )}
      </Drawer>
    </>
  );
}

interface RowsProps<V extends RecordView> {
  resource: Resource;
  columns: Column<V>[];
  searchHint: string | undefined;
  onAdd: () => void;
  onOpen: (row: V) => void;
}

function Rows<V extends RecordView>({ resource, columns, searchHint, onAdd, onOpen }: RowsProps<V>) {
  const { t } = useI18n();
  const tell = useProblemText();
  const [{ q = '' }, change] = useListSearch();
  const type = useDebouncedCallback((text: string) => change({ q: text }), 250);
  const { rows, ...list } = useRows<V>(resource.path, { search: q });
  if (list.error && !rows) return <Alert color="red" role="alert">{tell(list.error)}</Alert>;
  if (rows?.length === 0 && !q) {
    return <Empty title={t(`${resource.noun}.none`)} text={t(`${resource.noun}.empty`)} action={t(`${resource.noun}.add`)} onAction={onAdd} />;
  }
  return (
    <>
      <TextInput type="search" aria-label={t('kit.search')} placeholder={searchHint ?? t('kit.search_beginning')} defaultValue={q} mb="sm" maw={360}
        onChange={(event) => type(event.currentTarget.value)} />
      <DataTable label={t(`${resource.noun}.title`)} columns={columns} rows={rows} keyOf={(row) => row.id} onOpen={onOpen} />
      {rows?.length === 0 && <Text c="dimmed" py="md">{t('kit.nothing_found')}</Text>}
      {list.hasNextPage && (
        <Button variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('kit.more')}</Button>
      )}
    </>
  );
}

interface OpenedProps<V extends RecordView> {
  resource: Resource;
  id: string;
  fields: (form: Form, record: V | null) => ReactNode;
  extra: ((record: V) => ReactNode) | undefined;
  readOnly: boolean;
  onDone: () => void;
  onSaved: (saved: V) => void;
}

function Opened<V extends RecordView>({ resource, id, fields, extra, readOnly, onDone, onSaved }: OpenedProps<V>) {
  const tell = useProblemText();
  const isNew = id === NEW;
  const one = useQuery({ ...recordQuery<V>(resource.path, id), enabled: !isNew });
  if (one.error && !one.data) return <Alert color="red" role="alert">{tell(one.error)}</Alert>;
  if (!isNew && !one.data) return <Skeleton height={240} />;
  return (
    <>
      <RecordForm key={id} resource={resource} record={one.data ?? null} fields={fields} readOnly={readOnly && !isNew} onDone={onDone} onSaved={onSaved} />
      {one.data && extra?.(one.data)}
    </>
  );
}
