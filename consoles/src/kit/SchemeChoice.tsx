import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useI18n } from './i18n';

/** Light or dark. */
export function SchemeChoice() {
  const { t } = useI18n();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  return (
    <ActionIcon variant="default" size={30} aria-label={t(scheme === 'dark' ? 'kit.light' : 'kit.dark')}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>{scheme === 'dark' ? '☀' : '☾'}</ActionIcon>
  );
}
