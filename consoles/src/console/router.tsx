import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { basepath, viewedTenant } from '../kit/place';
import { Broken, Root } from '../kit/Root';
import { refreshSession, session } from '../kit/session';
import { readSearch } from '../kit/useListSearch';
import { ConsoleFrame } from './ConsoleFrame';

const root = createRootRoute({ component: Root, validateSearch: readSearch, errorComponent: Broken });

const open = [
  createRoute({ getParentRoute: () => root, path: 'login', component: lazyRouteComponent(() => import('./pages/Login'), 'Login') }),
  createRoute({ getParentRoute: () => root, path: 'password', component: lazyRouteComponent(() => import('../kit/pages/Password'), 'Password') }),
];

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: ConsoleFrame,
  beforeLoad: async ({ location }) => {
    if (session.get().status === 'unknown') await refreshSession();
    const { status, role } = session.get();
    if (status === 'expired' || (status === 'in' && role === 'tenant_admin')) return;
    if (viewedTenant) window.location.replace(`/isp/login?to=${encodeURIComponent('/tenants')}`);
    throw redirect({ to: '/login', search: location.pathname === '/' ? {} : { to: location.href } });
  },
});

const pages = [
  createRoute({ getParentRoute: () => inside, path: '/', component: lazyRouteComponent(() => import('./pages/Home'), 'Home') }),
];

export const router = createRouter({
  routeTree: root.addChildren([...open, inside.addChildren(pages)]),
  basepath,
  defaultPreload: 'intent',
});
