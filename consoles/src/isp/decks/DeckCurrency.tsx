import { useMemo } from 'react';
import { FieldSelect } from '../../kit/fields';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { useCurrency } from '../../kit/me';
import { currencies } from '../../kit/places';

/** Begins as the ISP's, and stays once the deck is made. */
export function DeckCurrency({ form, isNew }: { form: RecordForm; isNew: boolean }) {
  const { language } = useI18n();
  const options = useMemo(() => currencies(language), [language]);
  const own = useCurrency();
  if (isNew && !form.getValues().currency && own) form.setFieldValue('currency', own);
  return <FieldSelect name="currency" help="currency_deck" options={options} disabled={!isNew} required />;
}
