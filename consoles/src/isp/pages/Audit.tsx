import { Alert, Button, Drawer, Group, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { send, type Schemas } from '../../kit/api';
import { DataTable } from '../../kit/DataTable';
import { useI18n } from '../../kit/i18n';
import type { Page } from '../../kit/resource';
import { useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { useRows } from '../../kit/useRows';
import { changesBetween, subjectOf } from '../audit/changes';
import { startOf } from '../calls/CallFilters';

type Entry = Schemas['AuditView'];
// As the API names them; those of a kind of record are made from its name
const NOUNS = ['carrier', 'dialplan', 'service_plan', 'rate_deck', 'service_deck', 'customer', 'tenant', 'subscriber', 'security_group', 'date_range', 'did', 'domain', 'user', 'theme', 'isp', 'balance', 'call'];

export function Audit() {
  const { t } = useI18n();
  const [{ open = '' }, change] = useListSearch();
  const entries = useEntries();
  const opened = entries.rows?.find((entry) => entry.id === open);
  return (
    <>
      <Title order={1} size="h2" mb="xs">{t('audit.title')}</Title>
      <Text c="dimmed" mb="md" maw={720}>{t('audit.about')}</Text>
      <Filters />
      <Entries entries={entries} />
      <Drawer attributes={{ header: { role: 'presentation' } }} opened={opened !== undefined} onClose={() => change({ open: '' })} position="right" size={720} title={t('audit.one')}
        closeButtonProps={{ 'aria-label': t('kit.close') }}>
        {opened && <Detail entry={opened} />}
      </Drawer>
    </>
  );
}

function useEntries() {
  const [{ who, what, since, until }] = useListSearch();
  return useRows<Entry>('/v1/audit', { user_id: who, action: what && `${what}.`, since: startOf(since), until: startOf(until, 1) });
}

function useAction() {
  const { find } = useI18n();
  return (action: string) => {
    const noun = NOUNS.find((one) => action.startsWith(`${one}.`)) ?? '';
    const verb = find(`audit.verb.${action.slice(noun.length + 1)}`);
    return noun && verb ? `${find(`audit.noun.${noun}`)}: ${verb}` : action;
  };
}

function Filters() {
  const { t, find } = useI18n();
  const [{ who, what, since = '', until = '' }, change] = useListSearch();
  const { data } = useQuery({ queryKey: ['/v1/users', 'names'], queryFn: () => send<Page<Schemas['UserView']>>('GET', '/v1/users', { query: { limit: 200 } }) });
  const clear = { 'aria-label': t('kit.clear') };
  return (
    <Group mb="sm" gap="sm" align="flex-end">
      <Select label={t('audit.who')} placeholder={t('audit.anybody')} value={who ?? null} searchable clearable clearButtonProps={clear} limit={100}
        data={data?.items.map((user) => ({ value: user.id, label: user.full_name })) ?? []} onChange={(next) => change({ who: next ?? '' })} />
      <Select label={t('audit.what')} placeholder={t('audit.anything')} value={what ?? null} searchable clearable clearButtonProps={clear}
        data={NOUNS.map((noun) => ({ value: noun, label: find(`audit.noun.${noun}`) }))} onChange={(next) => change({ what: next ?? '' })} />
      <TextInput type="date" label={t('call.since')} value={since} onChange={(event) => change({ since: event.currentTarget.value })} />
      <TextInput type="date" label={t('call.until')} value={until} onChange={(event) => change({ until: event.currentTarget.value })} />
    </Group>
  );
}

function Entries({ entries: { rows, ...list } }: { entries: ReturnType<typeof useEntries> }) {
  const { t, date } = useI18n();
  const tell = useProblemText();
  const name = useAction();
  const [, change] = useListSearch();
  if (list.error && !rows) return <Alert color="red" role="alert">{tell(list.error)}</Alert>;
  return (
    <>
      <DataTable label={t('audit.title')} rows={rows} keyOf={(row) => row.id} onOpen={(row) => change({ open: row.id })} columns={[
        { title: t('kit.when'), cell: (row) => date(row.at) },
        { title: t('audit.who'), cell: (row) => (row.acting_for ? t('audit.viewing', { name: row.user_name }) : row.user_name) },
        { title: t('audit.what'), cell: (row) => name(row.action) },
        { title: t('audit.subject'), cell: (row) => subjectOf(row.before, row.after) },
      ]} />
      {rows?.length === 0 && <Text c="dimmed" py="md">{t('kit.nothing_found')}</Text>}
      {list.hasNextPage && (
        <Button variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('kit.more')}</Button>
      )}
    </>
  );
}

function Detail({ entry }: { entry: Entry }) {
  const { t, date, find } = useI18n();
  const name = useAction();
  const changes = changesBetween(entry.before, entry.after);
  return (
    <Stack>
      <Text size="sm">{t('audit.sentence', { who: entry.user_name, when: date(entry.at), what: name(entry.action) })}</Text>
      {changes.length === 0 ? <Text size="sm" c="dimmed">{t('audit.no_fields')}</Text> : (
        <Table layout="fixed" className="versions">
          <Table.Thead>
            <Table.Tr><Table.Th>{t('conflict.field')}</Table.Th><Table.Th>{t('audit.before')}</Table.Th><Table.Th>{t('audit.after')}</Table.Th></Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.map((change) => (
              <Table.Tr key={change.field}>
                <Table.Td>{find(`f.${change.field}`) || change.field}</Table.Td><Table.Td>{change.before}</Table.Td><Table.Td>{change.after}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <details>
        <summary>{t('audit.technical')}</summary>
        <dl className="facts">
          {[[t('audit.what'), entry.action], ['Id', entry.id], [t('audit.who'), entry.user_id]].map(([label, value]) => <div key={label}><dt>{label}</dt><dd className="mono">{value}</dd></div>)}
        </dl>
      </details>
    </Stack>
  );
}
