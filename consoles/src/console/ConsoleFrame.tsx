import { Alert, Box, Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Frame, type PageLink } from '../kit/Frame';
import { useI18n } from '../kit/i18n';
import { meQuery } from '../kit/me';
import { tenantInPath, viewedTenant } from '../kit/place';
import { tenantQuery, useOwnTenants } from './tenant';

const PAGES: PageLink[] = [
  { to: '/', title: 'nav.home' }, { to: '/subscribers', title: 'subscriber.title' }, { to: '/numbers', title: 'number.title' },
  { to: '/groups', title: 'group.title' }, { to: '/hours', title: 'hours.title' }, { to: '/live', title: 'live.title' }, { to: '/calls', title: 'call.title' },
  { to: '/explain', title: 'explain.title' },
];

export function ConsoleFrame() {
  const { t } = useI18n();
  const { data: tenant } = useQuery(tenantQuery(tenantInPath));
  const leave = (
    <Button component="a" href="/isp/tenants" variant="default" size="xs" aria-label={t('console.leave')}>
      <Box component="span" visibleFrom="sm">{t('console.leave')}</Box><Box component="span" hiddenFrom="sm">{t('console.leave_short')}</Box>
    </Button>
  );
  return (
    <Frame pages={PAGES} name={tenant?.name} tools={<Box visibleFrom="sm"><OtherTenant /></Box>} leave={viewedTenant ? leave : undefined}
      banner={viewedTenant ? <ViewBanner name={tenant?.name} /> : <Box hiddenFrom="sm"><OtherTenant /></Box>} />
  );
}

/** Who looks at a customer's tenant is told so on every page. */
function ViewBanner({ name }: { name: string | undefined }) {
  const { t } = useI18n();
  const { data: me } = useQuery(meQuery);
  if (!name || !me) return null;
  return <Alert color="yellow" mb="md" role="note">{t('console.view', { tenant: name, name: me.name, isp: me.isp?.company ?? '' })}</Alert>;
}

/** For admins of several. */
function OtherTenant() {
  const { t } = useI18n();
  const tenants = useOwnTenants() ?? [];
  if (viewedTenant || tenants.length < 2) return null;
  return (
    <NativeSelect size="xs" aria-label={t('console.tenant')} value={tenantInPath} mb={{ base: 'sm', sm: 0 }}
      data={tenants.map((one) => ({ value: one.id, label: one.name }))}
      onChange={(event) => location.assign(`/console/${event.currentTarget.value}/`)} />
  );
}
