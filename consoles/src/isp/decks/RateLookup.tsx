import { Alert, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { send, type Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { useProblemText } from '../../kit/useProblemText';
import { RATE_DECKS } from './deckRates';
import { useRateTexts } from './useRateTexts';

const NUMBER = /^\+[1-9][0-9]{5,14}$/;

/** Which of the saved rates a whole number would get now, asked from the API, which rates calls the same way. */
export function RateLookup({ deck, typed }: { deck: Schemas['RateDeckView']; typed: string }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const { price, billing, validity } = useRateTexts(deck.currency);
  const [number] = useDebouncedValue(typed.replace(/[\s()-]/g, ''), 250);
  const asked = NUMBER.test(number) && deck.deck_version > 0;
  const found = useQuery({
    queryKey: [RATE_DECKS, 'lookup', deck.id, deck.deck_version, number],
    queryFn: () => send<Schemas['LookupView']>('GET', `${RATE_DECKS}/${deck.id}/rates/lookup`, { query: { number } }),
    enabled: asked,
  });
  if (!asked) return null;
  if (found.error) return <Alert color="red" role="alert" mb="sm">{tell(found.error)}</Alert>;
  if (!found.data) return null;
  const { rate, prefixes_tried: tried } = found.data;
  return (
    <Alert role="status" mb="sm" color={rate ? 'green' : 'yellow'} title={rate ? t('rates.gets', { number, prefix: rate.prefix }) : t('rates.gets_none', { number })}>
      {rate && <Text size="sm">{`${price(rate)} ${t('rates.a_minute')}; ${billing(rate)}; ${validity(rate)}`}</Text>}
      {tried.length > 0 && <Text size="sm" c="dimmed">{t('rates.tried', { prefixes: tried.join(', ') })}</Text>}
    </Alert>
  );
}
