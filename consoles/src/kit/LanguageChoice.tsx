import { NativeSelect } from '@mantine/core';
import { LANGUAGES, useI18n, type Language } from './i18n';

export function LanguageChoice() {
  const { t, language, setLanguage } = useI18n();
  return (
    <NativeSelect size="xs" aria-label={t('kit.language')} value={language}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      onChange={(event) => setLanguage(event.currentTarget.value as Language)} />
  );
}
