import { Button, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '../../kit/api';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import type { Resource } from '../../kit/resource';
import { DeckCurrency } from '../decks/DeckCurrency';

type Deck = Schemas['RateDeckView'];
const DECKS: Resource = { path: '/v1/rate-decks', noun: 'rate_deck', schema: 'RateDeckCreateBody', fixed: ['currency'] };

export function RateDecks() {
  const { t } = useI18n();
  return (
    <ListPage<Deck> resource={DECKS}
      columns={[
        { title: t('f.name'), cell: (row) => row.name },
        { title: t('f.currency'), cell: (row) => row.currency },
        { title: t('rate_deck.rates'), cell: (row) => row.rate_count },
        { title: t('deck.version'), cell: (row) => row.deck_version || t('rate_deck.no_rates') },
        { title: t('kit.actions'), cell: (row) => <OpenRates deck={row} /> },
      ]}
      fields={(form, record) => (
        <>
          <FieldText name="name" help="none" required />
          <DeckCurrency form={form} isNew={!record} />
        </>
      )}
      extra={(deck) => (
        <Stack mt="xl" gap="xs" align="flex-start">
          <Text size="sm" c="dimmed">{t('rate_deck.rates_text')}</Text>
          <OpenRates deck={deck} />
        </Stack>
      )} />
  );
}

function OpenRates({ deck }: { deck: Deck }) {
  const { t } = useI18n();
  return (
    <Button component={Link} to={`/rate-decks/${deck.id}`} size="compact-sm" variant="default" aria-label={t('rate_deck.open', { name: deck.name })}
      onClick={(event) => event.stopPropagation()}>{t('rate_deck.rates')}</Button>
  );
}
