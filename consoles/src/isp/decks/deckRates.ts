import { send, type Schemas } from '../../kit/api';
import type { Page } from '../../kit/resource';
import { sortRates, type Rate } from './rates';

export const RATE_DECKS = '/v1/rate-decks';

export interface DeckRates {
  deck: Schemas['RateDeckView'];
  rates: Rate[];
}

export const ratesKey = (id: string) => [RATE_DECKS, 'rates', id];

/** All of one version, so that a page that comes while somebody saves doesn't mix two. */
export async function loadRates(id: string): Promise<DeckRates> {
  const deck = await send<Schemas['RateDeckView']>('GET', `${RATE_DECKS}/${id}`);
  const rates: Rate[] = [];
  let cursor: string | undefined;
  while (deck.deck_version > 0) {
    const page = await send<Page<Schemas['RateView']>>('GET', `${RATE_DECKS}/${id}/rates`, { query: { version: deck.deck_version, cursor } });
    rates.push(...page.items.map(toRate));
    cursor = page.next_cursor ?? undefined;
    if (!cursor) break;
  }
  return { deck, rates: sortRates(rates) };
}

function toRate(view: Schemas['RateView']): Rate {
  const { prefix, rate_micros, description, minimum_s, increment_s, delay_s, valid_from, valid_until } = view;
  return { prefix, rate_micros, description, minimum_s, increment_s, delay_s, valid_from, valid_until };
}

export function saveRates({ deck }: DeckRates, rates: readonly Rate[]): Promise<Schemas['RateDeckView']> {
  return send('PUT', `${RATE_DECKS}/${deck.id}/rates`, { body: { rates }, version: deck.version });
}
