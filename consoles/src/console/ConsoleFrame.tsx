import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { send, type Schemas } from '../kit/api';
import { Frame, type PageLink } from '../kit/Frame';
import { useI18n } from '../kit/i18n';
import { tenantInPath, viewedTenant } from '../kit/place';

const PAGES: PageLink[] = [{ to: '/', title: 'nav.home' }];

export function ConsoleFrame() {
  const { t } = useI18n();
  const { data: tenant } = useQuery({
    queryKey: ['tenant', tenantInPath],
    queryFn: () => send<Schemas['TenantView']>('GET', `/v1/tenants/${tenantInPath}`),
    enabled: tenantInPath !== '',
  });
  const leave = <Button component="a" href="/isp/tenants" variant="default" size="xs">{t('console.leave')}</Button>;
  return <Frame pages={PAGES} name={tenant?.name} leave={viewedTenant ? leave : undefined} />;
}
