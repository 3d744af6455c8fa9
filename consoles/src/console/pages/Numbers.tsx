import { Alert, Button, Drawer, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send, type Schemas } from '../../kit/api';
import { DataTable } from '../../kit/DataTable';
import { Empty } from '../../kit/Empty';
import { useI18n } from '../../kit/i18n';
import { offerUndo, say } from '../../kit/undo';
import { useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { useRows } from '../../kit/useRows';
import { SubscriberSelect } from '../SubscriberSelect';
import { TENANT } from '../tenant';

type Did = Schemas['TenantDidView'];
const PATH = `${TENANT}/dids`;
const FREE = `${TENANT}/available-dids`;
const one = (number: string) => `${PATH}/${encodeURIComponent(number)}`;

export function Numbers() {
  const { t } = useI18n();
  const [{ open = '' }, change] = useListSearch();
  const take = () => change({ open: 'new' });
  const close = () => change({ open: '' });
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Title order={1} size="h2">{t('number.title')}</Title>
        <Button onClick={take} data-adds>{t('number.take')}</Button>
      </Group>
      <Text c="dimmed" mb="md" maw={720}>{t('number.about_tenant')}</Text>
      <Own onTake={take} />
      <Drawer attributes={{ header: { role: 'presentation' } }} opened={open !== ''} onClose={close} position="right" size={460}
        title={open === 'new' ? t('number.take') : open} closeButtonProps={{ 'aria-label': t('kit.close') }}>
        {open === 'new' && <Take />}
        {open && open !== 'new' && <Give key={open} number={open} onDone={close} />}
      </Drawer>
    </>
  );
}

function Own({ onTake }: { onTake: () => void }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const [{ q = '' }, change] = useListSearch();
  const type = useDebouncedCallback((text: string) => change({ q: text }), 250);
  const { rows, ...list } = useRows<Did>(PATH, { search: q });
  if (list.error && !rows) return <Alert color="red" role="alert">{tell(list.error)}</Alert>;
  if (rows?.length === 0 && !q) return <Empty title={t('number.none_tenant')} text={t('number.empty_tenant')} action={t('number.take')} onAction={onTake} />;
  return (
    <>
      <TextInput type="search" mb="sm" maw={360} aria-label={t('kit.search')} placeholder={t('number.search')} defaultValue={q}
        onChange={(event) => type(event.currentTarget.value)} />
      <DataTable label={t('number.title')} rows={rows} keyOf={(row) => row.number} onOpen={(row) => change({ open: row.number })} columns={[
        { title: t('f.number'), cell: (row) => <span className="mono">{row.number}</span> },
        { title: t('number.rings'), cell: (row) => row.subscriber_name || t('number.nobody') },
      ]} />
      {rows?.length === 0 && <Text c="dimmed" py="md">{t('kit.nothing_found')}</Text>}
      {list.hasNextPage && (
        <Button variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('kit.more')}</Button>
      )}
    </>
  );
}

/** Free numbers of the ISP's inventory: one press and it is the tenant's. */
function Take() {
  const { t } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const [owner, setOwner] = useState('');
  const ask = useDebouncedCallback(setSearch, 250);
  const { rows, ...list } = useRows<Schemas['DidView']>(FREE, { search });
  const take = useMutation({
    mutationFn: (number: string) => send<Did>('POST', PATH, { body: { number, subscriber_id: owner } }),
    onSuccess: async (did) => {
      say(did.subscriber_name ? t('number.taken_for', { number: did.number, name: did.subscriber_name }) : t('number.is_yours', { number: did.number }));
      await Promise.all([PATH, FREE].map((path) => queries.invalidateQueries({ queryKey: [path] })));
    },
    onError: (error) => say(tell(error), 'red'),
  });
  return (
    <Stack>
      <SubscriberSelect label={t('number.for')} description={t('number.for_text')} value={owner} onChange={setOwner} clearable />
      <TextInput type="search" label={t('number.free_title')} placeholder={t('number.search')} value={typed}
        onChange={(event) => { setTyped(event.currentTarget.value); ask(event.currentTarget.value); }} />
      {list.error && <Alert color="red" role="alert">{tell(list.error)}</Alert>}
      {rows?.length === 0 && <Text c="dimmed" size="sm">{search ? t('kit.nothing_found') : t('number.no_free')}</Text>}
      <Stack component="ul" gap={6} p={0} m={0} className="steps">
        {rows?.map(({ number }) => (
          <Group key={number} component="li" justify="space-between" className="card tight">
            <span className="mono">{number}</span>
            <Button size="compact-sm" variant="default" loading={take.isPending && take.variables === number} disabled={take.isPending}
              aria-label={`${t('number.take_it')}: ${number}`} onClick={() => take.mutate(number)}>{t('number.take_it')}</Button>
          </Group>
        ))}
      </Stack>
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('kit.more')}</Button>}
    </Stack>
  );
}

function Give({ number, onDone }: { number: string; onDone: () => void }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const { rows } = useRows<Did>(PATH, { search: number });
  const did = rows?.find((row) => row.number === number);
  const [chosen, setChosen] = useState<string | null>(null);
  const owner = chosen ?? did?.subscriber_id ?? '';
  const refresh = () => Promise.all([PATH, FREE].map((path) => queries.invalidateQueries({ queryKey: [path] })));
  const failed = (error: unknown) => say(tell(error), 'red');
  const give = useMutation({
    mutationFn: () => send<Did>('PATCH', one(number), { body: { subscriber_id: owner } }),
    onSuccess: async () => { say(t('kit.saved')); onDone(); await refresh(); },
    onError: failed,
  });
  const free = useMutation({
    mutationFn: () => send('DELETE', one(number)),
    onSuccess: async () => {
      onDone();
      await refresh();
      const back = () => send('POST', PATH, { body: { number, subscriber_id: did?.subscriber_id ?? '' } }).then(refresh, failed);
      offerUndo({ text: t('number.freed', { number }), undo: t('kit.undo'), onUndo: back });
    },
    onError: failed,
  });
  if (rows && !did) return <Alert color="red" role="alert">{t('problem.not_found')}</Alert>;
  return (
    <Stack>
      <SubscriberSelect label={t('number.rings')} description={t('number.rings_text')} value={owner} onChange={setChosen} clearable />
      <Group justify="space-between" className="actions">
        <Group gap="xs">
          <Button loading={give.isPending} onClick={() => give.mutate()}>{t('kit.save')}</Button>
          <Button variant="default" onClick={onDone}>{t('kit.cancel')}</Button>
        </Group>
        <Button variant="subtle" color="red" loading={free.isPending} onClick={() => free.mutate()}>{t('number.free_it')}</Button>
      </Group>
    </Stack>
  );
}
