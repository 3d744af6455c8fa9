import { Alert, Anchor, Button, Drawer, Group, Modal, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useBlocker, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { download } from '../../kit/download';
import { useI18n } from '../../kit/i18n';
import { Problem } from '../../kit/problem';
import { offerUndo, say } from '../../kit/undo';
import { useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { loadRates, RATE_DECKS, ratesKey, saveRates, type DeckRates } from '../decks/deckRates';
import { DiffView } from '../decks/DiffView';
import { ImportRates } from '../decks/ImportRates';
import { RateEditor } from '../decks/RateEditor';
import { RateLookup } from '../decks/RateLookup';
import { RatesTable } from '../decks/RatesTable';
import { compareRates, isChange, keyOf, searchRates, sortRates, writeRates, type Rate } from '../decks/rates';

export function Rates() {
  const { deckId: id = '' }: { deckId?: string } = useParams({ strict: false });
  const { t } = useI18n();
  const tell = useProblemText();
  const { data, error } = useQuery({ queryKey: ratesKey(id), queryFn: () => loadRates(id), refetchOnWindowFocus: false, staleTime: Infinity, gcTime: 0 });
  return (
    <>
      <Anchor component={Link} to="/rate-decks" size="sm">{t('rate_deck.back')}</Anchor>
      {error && !data && <Alert color="red" role="alert" mt="sm">{tell(error)}</Alert>}
      {data ? <DeckPage loaded={data} /> : !error && <Skeleton height={320} mt="sm" />}
    </>
  );
}

type Opened = { kind: 'import' | 'review' | 'new' } | { kind: 'rate'; rate: Rate } | null;

/** Changes are gathered and saved as one new version, after a look at what they change. */
function DeckPage({ loaded }: { loaded: DeckRates }) {
  const { t } = useI18n();
  const { deck } = loaded;
  const [draft, setDraft] = useState<Rate[] | null>(null);
  const [opened, setOpened] = useState<Opened>(null);
  const close = () => setOpened(null);
  const rates = draft ?? loaded.rates;
  const diff = useMemo(() => compareRates(loaded.rates, rates), [loaded.rates, rates]);
  const isDirty = isChange(diff);
  const save = useSave(loaded, () => {
    setDraft(null);
    close();
  });
  const put = (old: Rate | null, made: Rate) => {
    setDraft(sortRates([...rates.filter((one) => one !== old), made]));
    close();
  };
  const remove = (rate: Rate) => {
    setDraft(rates.filter((one) => one !== rate));
    const onUndo = () => {
      setDraft((now) => sortRates([...(now ?? loaded.rates), rate]));
      return Promise.resolve();
    };
    offerUndo({ text: t('rates.removed', { prefix: rate.prefix }), undo: t('kit.undo'), onUndo });
  };
  const failure = <Failure error={save.error} />;
  const title = { import: t('rates.import'), review: t('rates.review'), new: t('rates.add'), rate: t('rates.one') }[opened?.kind ?? 'new'];
  return (
    <>
      <Group justify="space-between" mb="xs" mt={4}>
        <Title order={1} size="h2">{t('rates.title', { name: deck.name })}</Title>
        <Group gap="xs">
          <Button variant="default" onClick={() => download(`${deck.name}.csv`, writeRates(rates))} disabled={rates.length === 0}>{t('rates.download')}</Button>
          <Button variant="default" onClick={() => setOpened({ kind: 'import' })}>{t('rates.import')}</Button>
          <Button onClick={() => setOpened({ kind: 'new' })}>{t('rates.add')}</Button>
        </Group>
      </Group>
      <Text c="dimmed" mb="md" maw={720}>{t('rates.about', { n: loaded.rates.length, currency: deck.currency, version: deck.deck_version })}</Text>
      <Search loaded={loaded} rates={rates} onOpen={(rate) => setOpened({ kind: 'rate', rate })} onRemove={remove} onAdd={() => setOpened({ kind: 'new' })} onImport={() => setOpened({ kind: 'import' })} />
      {isDirty && (
        <Group className="actions" justify="space-between">
          <Text size="sm" fw={600} role="status">{t('rates.unsaved', { added: diff.added.length, changed: diff.changed.length, lost: diff.lost.length })}</Text>
          <Group gap="xs">
            <Button onClick={() => setOpened({ kind: 'review' })}>{t('rates.review')}</Button>
            <Button variant="default" onClick={() => setDraft(null)}>{t('rates.discard')}</Button>
          </Group>
        </Group>
      )}
      <Drawer attributes={{ header: { role: 'presentation' } }} opened={opened !== null} onClose={close} position="right" size={opened?.kind === 'import' || opened?.kind === 'review' ? 860 : 520} title={title}
        closeButtonProps={{ 'aria-label': t('kit.close') }}>
        {opened?.kind === 'import' && <><ImportRates present={rates} currency={deck.currency} saving={save.isPending} onSave={(next) => save.mutate(next)} />{failure}</>}
        {opened?.kind === 'review' && (
          <Stack>
            <DiffView diff={diff} currency={deck.currency} />
            {failure}
            <Button loading={save.isPending} onClick={() => save.mutate(rates)}>{t('rates.save', { n: rates.length })}</Button>
          </Stack>
        )}
        {opened?.kind === 'new' && <RateEditor rate={null} others={rates} currency={deck.currency} onDone={(made) => put(null, made)} onCancel={close} />}
        {opened?.kind === 'rate' && (
          <RateEditor key={keyOf(opened.rate)} rate={opened.rate} others={rates.filter((one) => one !== opened.rate)} currency={deck.currency}
            onDone={(made) => put(opened.rate, made)} onCancel={close} />
        )}
      </Drawer>
      <Leaving isDirty={isDirty} />
    </>
  );
}

function useSave(loaded: DeckRates, onSaved: () => void) {
  const { t } = useI18n();
  const queries = useQueryClient();
  const { id } = loaded.deck;
  return useMutation({
    mutationFn: (rates: readonly Rate[]) => saveRates(loaded, rates),
    onSuccess: async () => {
      await Promise.all([queries.refetchQueries({ queryKey: ratesKey(id) }), queries.invalidateQueries({ queryKey: [RATE_DECKS, 'list'] })]);
      onSaved();
      say(t('kit.saved'));
    },
    // What somebody else saved is what the draft is compared with from now on
    onError: (error) => {
      if (error instanceof Problem && error.code === 'version_conflict') void queries.refetchQueries({ queryKey: ratesKey(id) });
    },
  });
}

function Failure({ error }: { error: Error | null }) {
  const { t } = useI18n();
  const tell = useProblemText();
  if (!error) return null;
  const raced = error instanceof Problem && error.code === 'version_conflict';
  return <Alert color={raced ? 'yellow' : 'red'} role="alert" mt="sm">{raced ? t('rates.raced') : tell(error)}</Alert>;
}

interface SearchProps {
  loaded: DeckRates;
  rates: Rate[];
  onOpen: (rate: Rate) => void;
  onRemove: (rate: Rate) => void;
  onAdd: () => void;
  onImport: () => void;
}

function Search({ loaded, rates, ...actions }: SearchProps) {
  const { t } = useI18n();
  const [{ q = '' }, change] = useListSearch();
  const type = useDebouncedCallback((text: string) => change({ q: text }), 150);
  const found = useMemo(() => searchRates(rates, q), [rates, q]);
  return (
    <>
      {rates.length > 0 && (
        <TextInput type="search" label={t('rates.search')} placeholder="+12095550100" defaultValue={q} mb="sm" maw={420} onChange={(event) => type(event.currentTarget.value)} />
      )}
      <RateLookup deck={loaded.deck} typed={q} />
      <RatesTable rates={found} total={rates.length} currency={loaded.deck.currency} {...actions} />
    </>
  );
}

function Leaving({ isDirty }: { isDirty: boolean }) {
  const { t } = useI18n();
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  return (
    <Modal attributes={{ header: { role: 'presentation' } }} opened={blocker.status === 'blocked'} onClose={() => blocker.reset?.()} title={t('rates.leave')} withCloseButton={false}>
      <Text size="sm" mb="md">{t('rates.leave_text')}</Text>
      <Group gap="xs">
        <Button onClick={() => blocker.reset?.()}>{t('rates.stay')}</Button>
        <Button variant="default" onClick={() => blocker.proceed?.()}>{t('rates.discard')}</Button>
      </Group>
    </Modal>
  );
}
