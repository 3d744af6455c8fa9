import { SimpleGrid } from '@mantine/core';
import { FieldInstant } from '../../kit/FieldInstant';
import { FieldMoney, FieldNumber } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import { EVER } from './rates';

/** What rates and entries of service decks have in common: price, billing steps, validity. */
export function RateFields({ currency }: { currency: string }) {
  return (
    <>
      <FieldMoney name="rate_micros" currency={currency} required />
      <FieldText name="description" />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <FieldNumber name="minimum_s" />
        <FieldNumber name="increment_s" />
        <FieldNumber name="delay_s" />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <FieldInstant name="valid_from" empty={EVER} />
        <FieldInstant name="valid_until" />
      </SimpleGrid>
    </>
  );
}
