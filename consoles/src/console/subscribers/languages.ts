import type { Option } from '../../kit/fields';

const SPOKEN = ['en-US', 'en-GB', 'pt-BR', 'pt-PT', 'es-ES', 'es-MX', 'fr-FR', 'fr-CA', 'de-DE', 'it-IT', 'nl-NL', 'pl-PL', 'sv-SE', 'da-DK',
  'nb-NO', 'fi-FI', 'cs-CZ', 'tr-TR', 'ru-RU', 'ja-JP', 'ko-KR', 'zh-CN', 'hi-IN'];

/** For announcements, by name; the one that is set is there whatever it is. */
export function languages(inLanguage: string, chosen: string): Option[] {
  const names = new Intl.DisplayNames([inLanguage], { type: 'language' });
  const codes = [...new Set([...SPOKEN, chosen].filter(Boolean))];
  return codes.map((code) => ({ value: code, label: names.of(code) ?? code })).sort((one, other) => one.label.localeCompare(other.label, inLanguage));
}
