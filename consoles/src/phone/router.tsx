import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { basepath } from '../kit/place';
import { Broken, Root } from '../kit/Root';
import { refreshSession, session } from '../kit/session';
import { readSearch } from '../kit/useListSearch';
import { Login } from './pages/Login';

const root = createRootRoute({ component: Root, validateSearch: readSearch, errorComponent: Broken });
const login = createRoute({ getParentRoute: () => root, path: 'login', component: Login });

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: lazyRouteComponent(() => import('./PhoneFrame'), 'PhoneFrame'),
  beforeLoad: async ({ location, search }) => {
    if (session.get().status === 'unknown') await refreshSession();
    const { status, role } = session.get();
    if (status === 'expired' || (status === 'in' && role === 'subscriber')) return;
    const { address = '' } = search as { address?: string };
    throw redirect({ to: '/login', search: { ...(location.pathname === '/' ? {} : { to: location.pathname }), ...(address ? { address } : {}) } });
  },
});

const pages = [
  createRoute({ getParentRoute: () => inside, path: '/', component: lazyRouteComponent(() => import('./pages/History'), 'History') }),
  createRoute({ getParentRoute: () => inside, path: 'history', component: lazyRouteComponent(() => import('./pages/History'), 'History') }),
  createRoute({ getParentRoute: () => inside, path: 'contacts', component: lazyRouteComponent(() => import('./pages/Contacts'), 'Contacts') }),
  createRoute({ getParentRoute: () => inside, path: 'sound', component: lazyRouteComponent(() => import('./pages/Sound'), 'Sound') }),
  createRoute({ getParentRoute: () => inside, path: 'setup', component: lazyRouteComponent(() => import('./pages/Setup'), 'Setup') }),
];

export const router = createRouter({ routeTree: root.addChildren([login, inside.addChildren(pages)]), basepath, defaultPreload: 'intent' });
