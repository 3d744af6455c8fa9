import { useI18n } from '../../kit/i18n';
import type { Rate } from './rates';

type Priced = Pick<Rate, 'rate_micros' | 'minimum_s' | 'increment_s' | 'delay_s' | 'valid_from' | 'valid_until'>;

/** Price, billing steps and validity of a rate as a person reads them. */
export function useRateTexts(currency: string) {
  const { t, money, language } = useI18n();
  const instant = (text: string) => {
    const at = new Date(text);
    const isDay = at.getTime() % 86_400_000 === 0;
    return new Intl.DateTimeFormat(language, { timeZone: 'UTC', dateStyle: 'medium', ...(isDay ? {} : { timeStyle: 'short' }) }).format(at);
  };
  return {
    price: (rate: Priced) => (rate.rate_micros ? money(rate.rate_micros, currency) : t('rates.free')),
    billing: ({ minimum_s, increment_s, delay_s }: Priced) => [
      minimum_s ? t('rates.at_least', { n: minimum_s }) : '',
      t('rates.steps', { n: increment_s || 1 }),
      delay_s ? t('rates.beyond', { n: delay_s }) : '',
    ].filter(Boolean).join(', '),
    validity: ({ valid_from, valid_until }: Priced) => {
      const from = Date.parse(valid_from) > 0 ? t('rates.from', { when: instant(valid_from) }) : '';
      return [from, valid_until ? t('rates.until', { when: instant(valid_until) }) : ''].filter(Boolean).join(', ') || t('rates.always');
    },
  };
}
