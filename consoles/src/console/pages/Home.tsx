import { Title } from '@mantine/core';
import { useI18n } from '../../kit/i18n';

export function Home() {
  const { t } = useI18n();
  return <Title order={1} size="h2">{t('console.title')}</Title>;
}
