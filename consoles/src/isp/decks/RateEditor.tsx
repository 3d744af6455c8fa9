import { Button } from '@mantine/core';
import { ActionForm } from '../../kit/ActionForm';
import { FieldText } from '../../kit/FieldText';
import type { Fields } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { Problem } from '../../kit/problem';
import { defaultsOf } from '../../kit/rules';
import { EVER, keyOf, type Rate } from './rates';
import { RateFields } from './RateFields';

interface Props {
  rate: Rate | null;
  others: Rate[];
  currency: string;
  onDone: (rate: Rate) => void;
  onCancel: () => void;
}

/** One rate; it goes into the deck with all others when the changes are saved. */
export function RateEditor({ rate, others, currency, onDone, onCancel }: Props) {
  const { t } = useI18n();
  const take = (values: Fields): Promise<Rate> => {
    const made = values as unknown as Rate;
    const faults: Record<string, string> = {};
    if (others.some((other) => keyOf(other) === keyOf(made))) faults.prefix = t('rates.twice_one');
    if (made.valid_until && Date.parse(made.valid_until) <= Date.parse(made.valid_from)) faults.valid_until = t('rates.ends_before');
    return Object.keys(faults).length ? Promise.reject(new Problem(422, 'invalid_request', '', faults)) : Promise.resolve(made);
  };
  return (
    <ActionForm schema="RateBody" values={rate ?? { ...defaultsOf('RateBody'), valid_from: EVER, rate_micros: null }} button={t(rate ? 'rates.take_change' : 'rates.take_new')}
      act={take} onSuccess={onDone} below={<Button variant="default" onClick={onCancel}>{t('kit.cancel')}</Button>}>
      <FieldText name="prefix" required />
      <RateFields currency={currency} />
    </ActionForm>
  );
}
