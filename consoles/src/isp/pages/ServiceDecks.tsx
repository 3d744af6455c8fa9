import type { Schemas } from '../../kit/api';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import type { Resource } from '../../kit/resource';
import { DeckCurrency } from '../decks/DeckCurrency';
import { Entries } from '../decks/Entries';

const DECKS: Resource = { path: '/v1/service-decks', noun: 'service_deck', schema: 'ServiceDeckCreateBody', fixed: ['currency'] };

export function ServiceDecks() {
  const { t, find, money } = useI18n();
  return (
    <ListPage<Schemas['ServiceDeckView']> resource={DECKS} size={720}
      columns={[
        { title: t('f.name'), cell: (row) => row.name },
        { title: t('f.currency'), cell: (row) => row.currency },
        { title: t('f.entries'), cell: (row) => row.entries.map((one) => `${find(`o.${one.service}`)} ${money(one.rate_micros, row.currency)}`).join(', ') || t('service_deck.no_entry') },
        { title: t('deck.version'), cell: (row) => row.deck_version },
      ]}
      fields={(form, record) => (
        <>
          <FieldText name="name" help="none" required />
          <DeckCurrency form={form} isNew={!record} />
          <Entries form={form} />
        </>
      )} />
  );
}
