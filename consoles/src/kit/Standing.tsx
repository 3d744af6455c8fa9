import { Badge } from '@mantine/core';
import { useI18n } from './i18n';

/** In words and colour: suspended or in use. */
export function Standing({ suspended }: { suspended: boolean }) {
  const { t } = useI18n();
  return <Mark good={!suspended}>{t(suspended ? 'kit.suspended' : 'kit.active')}</Mark>;
}

export function Mark({ good, children }: { good: boolean; children: string }) {
  return <Badge variant="outline" radius="sm" className={good ? 'mark good' : 'mark bad'}>{children}</Badge>;
}
