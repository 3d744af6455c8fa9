import { Alert, Anchor, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '../../kit/api';
import { useNames } from '../../kit/FieldReference';
import { useI18n } from '../../kit/i18n';
import { Mark } from '../../kit/Standing';
import { asSearch } from '../../kit/useListSearch';
import { useRateTexts } from '../decks/useRateTexts';
import { EVER } from '../decks/rates';

/** Of a charge and of a price asked for: what they have in common. */
export type Priced = Schemas['PriceView'];

// As chalicelib/domain/charge_proof.py makes it
interface ProofJson {
  duration_ms: number;
  rounding?: string;
  digest: string;
  deck: { deck_id: string; version: number } | null;
  entry: {
    key: string; description: string; rate_micros: number; minimum_s: number; increment_s: number; delay_s: number;
    valid_from: number; valid_until: number | null;
  } | null;
}

/** The amount and what proves it: the entry, its version, the rounding, and the arithmetic step by step. */
export function Proof({ priced }: { priced: Priced }) {
  const { money, find } = useI18n();
  const proof = priced.proof as ProofJson | null;
  const amount = priced.currency && priced.state !== 'unrated' ? money(priced.amount_micros, priced.currency) : '';
  return (
    <>
      <Group gap="xs">
        <Text fw={700}>{amount}</Text>
        <Mark good={priced.state !== 'unrated'}>{find(`charge.${priced.state}`)}</Mark>
      </Group>
      {priced.state === 'unrated' && <Alert color="yellow" mt="xs">{priced.reason}</Alert>}
      {priced.state !== 'unrated' && <ol className="decisions">{priced.explanation.map((line, index) => <li key={index}><Text size="sm">{line}</Text></li>)}</ol>}
      {proof && <Facts proof={proof} currency={priced.currency} verified={priced.verified} />}
    </>
  );
}

function Facts({ proof, currency, verified }: { proof: ProofJson; currency: string; verified: boolean | null }) {
  const { t, find } = useI18n();
  const { price, billing, validity } = useRateTexts(currency);
  const instant = (ms: number) => (ms ? new Date(ms).toISOString() : EVER);
  const { entry, deck } = proof;
  const rate = entry && { ...entry, valid_from: instant(entry.valid_from), valid_until: entry.valid_until === null ? null : instant(entry.valid_until) };
  return (
    <details>
      <summary>{t('charge.proof')}</summary>
      <dl className="facts">
        {entry && rate && (
          <>
            <div><dt>{t('charge.entry')}</dt><dd><span className="mono">{find(`o.${entry.key}`) || entry.key}</span> {entry.description}</dd></div>
            <div><dt>{t('f.rate_micros')}</dt><dd>{`${price(rate)} ${t('rates.a_minute')}`}</dd></div>
            <div><dt>{t('rates.billing')}</dt><dd>{billing(rate)}</dd></div>
            <div><dt>{t('rates.validity')}</dt><dd>{validity(rate)}</dd></div>
          </>
        )}
        {deck && <div><dt>{t('charge.deck')}</dt><dd><Deck id={deck.deck_id} version={deck.version} /></dd></div>}
        <div><dt>{t('charge.lasted')}</dt><dd>{t('call.seconds', { n: proof.duration_ms / 1000 })}</dd></div>
        {proof.rounding && <div><dt>{t('charge.rounding')}</dt><dd>{find(`charge.${proof.rounding}`) || proof.rounding}</dd></div>}
        <div><dt>{t('charge.checked')}</dt><dd>{verified ? `✓ ${t('charge.holds')}` : <Mark good={false}>{t('charge.broken')}</Mark>}</dd></div>
        <div><dt>{t('charge.digest')}</dt><dd className="mono">{proof.digest}</dd></div>
      </dl>
    </details>
  );
}

/** By its name, unless it has been deleted since. */
function Deck({ id, version }: { id: string; version: number }) {
  const { t } = useI18n();
  const rateDeck = useNames('/v1/rate-decks').find((one) => one.id === id);
  const serviceDeck = useNames('/v1/service-decks').find((one) => one.id === id);
  const told = t('charge.deck_version', { name: rateDeck?.name ?? serviceDeck?.name ?? id, version });
  if (rateDeck) return <Anchor component={Link} to={`/rate-decks/${id}`}>{told}</Anchor>;
  return serviceDeck ? <Anchor component={Link} to="/service-decks" search={asSearch({ open: id })}>{told}</Anchor> : told;
}
