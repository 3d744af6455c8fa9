import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { queries } from '../kit/Provider';
import { meQuery } from '../kit/me';
import { basepath, tenantInPath, viewedTenant } from '../kit/place';
import { Broken, Root } from '../kit/Root';
import { refreshSession, session } from '../kit/session';
import { plainSearch, readSearch } from '../kit/useListSearch';
import { ConsoleFrame } from './ConsoleFrame';

const root = createRootRoute({ component: Root, validateSearch: readSearch, errorComponent: Broken });

async function needSession(location: { pathname: string; href: string }): Promise<void> {
  if (session.get().status === 'unknown') await refreshSession();
  const { status, role } = session.get();
  if (status === 'expired' || (status === 'in' && role === 'tenant_admin')) return;
  if (viewedTenant) window.location.replace(`/isp/login?to=${encodeURIComponent('/tenants')}`);
  throw redirect({ to: '/login', search: location.pathname === '/' ? {} : { to: location.href } });
}

const open = [
  createRoute({ getParentRoute: () => root, path: 'login', component: lazyRouteComponent(() => import('./pages/Login'), 'Login') }),
  createRoute({ getParentRoute: () => root, path: 'password', component: lazyRouteComponent(() => import('../kit/pages/Password'), 'Password') }),
  createRoute({
    getParentRoute: () => root, path: 'choose', component: lazyRouteComponent(() => import('./pages/Choose'), 'Choose'),
    beforeLoad: ({ location }) => needSession(location),
  }),
];

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: ConsoleFrame,
  beforeLoad: async ({ location }) => {
    await needSession(location);
    if (session.get().status === 'expired') return;
    if (!tenantInPath) throw redirect({ to: '/choose' });
    const me = await queries.query(meQuery);
    if (!me.tenant_ids.includes(tenantInPath)) throw redirect({ to: '/choose' });
  },
});

const pages = [
  createRoute({ getParentRoute: () => inside, path: '/', component: lazyRouteComponent(() => import('./pages/Home'), 'Home') }),
  createRoute({ getParentRoute: () => inside, path: 'subscribers', component: lazyRouteComponent(() => import('./pages/Subscribers'), 'Subscribers') }),
  createRoute({ getParentRoute: () => inside, path: 'subscribers/setup', component: lazyRouteComponent(() => import('./pages/Setup'), 'Setup') }),
  createRoute({ getParentRoute: () => inside, path: 'subscribers/import', component: lazyRouteComponent(() => import('./pages/Import'), 'Import') }),
  createRoute({ getParentRoute: () => inside, path: 'live', component: lazyRouteComponent(() => import('./pages/Live'), 'Live') }),
  createRoute({ getParentRoute: () => inside, path: 'numbers', component: lazyRouteComponent(() => import('./pages/Numbers'), 'Numbers') }),
  createRoute({ getParentRoute: () => inside, path: 'groups', component: lazyRouteComponent(() => import('./pages/Groups'), 'Groups') }),
  createRoute({ getParentRoute: () => inside, path: 'hours', component: lazyRouteComponent(() => import('./pages/Hours'), 'Hours') }),
  createRoute({ getParentRoute: () => inside, path: 'calls', component: lazyRouteComponent(() => import('./pages/Calls'), 'Calls') }),
  createRoute({ getParentRoute: () => inside, path: 'explain', component: lazyRouteComponent(() => import('./pages/Explain'), 'Explain') }),
];

export const router = createRouter({
  routeTree: root.addChildren([...open, inside.addChildren(pages)]),
  basepath,
  defaultPreload: 'intent',
  ...plainSearch,
});
