import type { Option } from './fields';

// Reserved or exceptional codes that name no country
const NO_COUNTRIES = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ']);
const LETTERS = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));

/** ISO 3166-1 as this browser knows it, by name in the language. */
export function countries(language: string): Option[] {
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  const codes = LETTERS.flatMap((one) => LETTERS.map((other) => one + other)).filter((code) => !NO_COUNTRIES.has(code));
  const present = codes.filter((code) => new Intl.Locale(`und-${code}`).region === code); // DD is DE today
  return present.flatMap((code) => {
    const name = names.of(code);
    return name ? [{ value: code, label: name }] : [];
  }).sort((one, other) => one.label.localeCompare(other.label, language));
}

export function currencies(language: string): Option[] {
  const names = new Intl.DisplayNames([language], { type: 'currency' });
  return Intl.supportedValuesOf('currency').map((code) => ({ value: code, label: `${code} - ${names.of(code) ?? code}` }));
}

export function timeZones(): Option[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => ({ value: zone, label: zone }));
}

export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
