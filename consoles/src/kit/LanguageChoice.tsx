import { NativeSelect } from '@mantine/core';
import { useI18n } from './i18n';
import { LANGUAGES, type Language } from './language';

export function LanguageChoice() {
  const { t, language, setLanguage } = useI18n();
  return (
    <NativeSelect size="xs" aria-label={t('kit.language')} value={language}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      onChange={(event) => setLanguage(event.currentTarget.value as Language)} />
  );
}
