import { useQuery } from '@tanstack/react-query';
import { Frame, type PageLink } from '../kit/Frame';
import { meQuery } from '../kit/me';

const PAGES: PageLink[] = [
  { to: '/', title: 'nav.home' }, { to: '/carriers', title: 'carrier.title' }, { to: '/dialplans', title: 'dialplan.title' },
  { to: '/plans', title: 'service_plan.title' }, { to: '/customers', title: 'customer.title' }, { to: '/numbers', title: 'number.title' },
  { to: '/domains', title: 'domain.title' }, { to: '/sbcs', title: 'sbc.title' }, { to: '/tenants', title: 'tenant.title' },
  { to: '/calls', title: 'call.title' }, { to: '/users', title: 'user.title' }, { to: '/settings', title: 'settings.title' },
];

export function IspFrame() {
  const { data: me } = useQuery(meQuery);
  return <Frame pages={PAGES} name={me?.isp?.company} />;
}
