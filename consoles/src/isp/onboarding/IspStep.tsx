import { useMemo } from 'react';
import { api, take } from '../../kit/api';
import { FieldSelect } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { ActionForm } from '../../kit/ActionForm';
import { countries, currencies, ownTimeZone, timeZones } from '../../kit/places';
import type { StepProps } from './Onboarding';

export function IspStep({ headers, begun, onSaved }: StepProps) {
  const { t, language } = useI18n();
  const options = useMemo(
    () => ({ countries: countries(language), currencies: currencies(language), zones: timeZones() }),
    [language],
  );
  const blank = { company: '', namespace: '', currency: '', country: '', time_zone: ownTimeZone() };
  return (
    <ActionForm schema="OnboardingIspBody" values={{ ...blank, ...begun.isp }} button={t('kit.continue')} onSuccess={onSaved}
      act={(body) => take(api.PUT('/v1/onboarding/isp', { body: body as never, headers }))}>
      <FieldText name="company" autoComplete="organization" required />
      <FieldText name="namespace" required />
      <FieldSelect name="currency" help="currency_isp" options={options.currencies} required />
      <FieldSelect name="country" options={options.countries} required />
      <FieldSelect name="time_zone" options={options.zones} required />
    </ActionForm>
  );
}
