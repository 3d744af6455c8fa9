import { Alert, Button, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { Schemas } from '../../kit/api';
import { Empty } from '../../kit/Empty';
import { useI18n } from '../../kit/i18n';
import { listQuery } from '../../kit/lists';
import { useStore } from '../../kit/store';
import { useProblemText } from '../../kit/useProblemText';
import { account, actions, phoneState } from '../engine';
import { go, place } from '../place';
import { Reach } from '../parts/Reach';
import type { Account } from '../sip/account';

type Contact = Schemas['ContactView'];
const REFRESH_MS = 10_000;

/** The tenant's people, and whose phone would ring. */
export function Contacts() {
  const { t } = useI18n();
  const who = useStore(account);
  const { q = '' } = useStore(place).search;
  const type = useDebouncedCallback((text: string) => go(`/contacts${text ? `?q=${encodeURIComponent(text)}` : ''}`, { replace: true }), 250);
  return (
    <>
      <Title order={2} size="h3" mb="sm">{t('phone.contacts')}</Title>
      <TextInput type="search" aria-label={t('kit.search')} placeholder={t('phone.search_contacts')} defaultValue={q} mb="sm" onChange={(event) => type(event.currentTarget.value)} />
      {who ? <Rows who={who} search={q} /> : <Skeleton height={160} />}
    </>
  );
}

function Rows({ who, search }: { who: Account; search: string }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const list = useInfiniteQuery({
    ...listQuery<Contact>(`/v1/tenants/${who.tenant_id}/contacts`, { search }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const rows = list.data?.pages.flatMap((page) => page.items).filter((one) => one.subscriber_id !== who.subscriber_id);
  if (list.error && !rows) return <Alert color="red" role="alert">{tell(list.error)}</Alert>;
  if (!rows) return <Skeleton height={160} />;
  if (rows.length === 0) return search ? <Text c="dimmed">{t('kit.nothing_found')}</Text> : <Empty title={t('phone.no_contacts')} text={t('phone.no_contacts_text')} />;
  return (
    <Stack gap={6}>
      <ul className="rows">{rows.map((one) => <Row key={one.subscriber_id} contact={one} />)}</ul>
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('kit.more')}</Button>}
    </Stack>
  );
}

function Row({ contact: { name, alias, username, reach } }: { contact: Contact }) {
  const { t } = useI18n();
  const registered = useStore(phoneState).connection === 'registered';
  return (
    <li className="row">
      <span className="minimal">
        <Text fw={600} className="anywhere">{name}</Text>
        <Text size="sm" c="dimmed">{alias ? `${alias} · ${username}` : username}</Text>
      </span>
      <Reach reach={reach} />
      <Button size="xs" variant="default" disabled={!registered} aria-label={t('phone.call_again', { name })} onClick={() => void actions.call(alias || username)}>{t('phone.call')}</Button>
    </li>
  );
}
