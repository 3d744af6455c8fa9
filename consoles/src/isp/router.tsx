import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { refreshSession, session } from '../kit/session';
import { plainSearch, readSearch } from '../kit/useListSearch';
import { IspFrame } from './IspFrame';
import { Broken, Root } from '../kit/Root';

const root = createRootRoute({ component: Root, validateSearch: readSearch, errorComponent: Broken });

const open = [
  createRoute({ getParentRoute: () => root, path: 'login', component: lazyRouteComponent(() => import('./pages/Login'), 'Login') }),
  createRoute({ getParentRoute: () => root, path: 'signup', component: lazyRouteComponent(() => import('./pages/Signup'), 'Signup') }),
  createRoute({ getParentRoute: () => root, path: 'password', component: lazyRouteComponent(() => import('../kit/pages/Password'), 'Password') }),
];

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: IspFrame,
  beforeLoad: async ({ location }) => {
    if (session.get().status === 'unknown') await refreshSession();
    const { status, role } = session.get();
    if (status === 'expired' || (status === 'in' && role === 'isp_admin')) return;
    throw redirect({ to: '/login', search: location.pathname === '/' ? {} : { to: location.href } });
  },
});

const pages = [
  createRoute({ getParentRoute: () => inside, path: '/', component: lazyRouteComponent(() => import('./pages/Home'), 'Home') }),
  createRoute({ getParentRoute: () => inside, path: 'carriers', component: lazyRouteComponent(() => import('./pages/Carriers'), 'Carriers') }),
  createRoute({ getParentRoute: () => inside, path: 'dialplans', component: lazyRouteComponent(() => import('./pages/Dialplans'), 'Dialplans') }),
  createRoute({ getParentRoute: () => inside, path: 'plans', component: lazyRouteComponent(() => import('./pages/ServicePlans'), 'ServicePlans') }),
  createRoute({ getParentRoute: () => inside, path: 'rate-decks', component: lazyRouteComponent(() => import('./pages/RateDecks'), 'RateDecks') }),
  createRoute({ getParentRoute: () => inside, path: 'rate-decks/$deckId', component: lazyRouteComponent(() => import('./pages/Rates'), 'Rates') }),
  createRoute({ getParentRoute: () => inside, path: 'service-decks', component: lazyRouteComponent(() => import('./pages/ServiceDecks'), 'ServiceDecks') }),
  createRoute({ getParentRoute: () => inside, path: 'customers', component: lazyRouteComponent(() => import('./pages/Customers'), 'Customers') }),
  createRoute({ getParentRoute: () => inside, path: 'numbers', component: lazyRouteComponent(() => import('./pages/Numbers'), 'Numbers') }),
  createRoute({ getParentRoute: () => inside, path: 'domains', component: lazyRouteComponent(() => import('./pages/Domains'), 'Domains') }),
  createRoute({ getParentRoute: () => inside, path: 'sbcs', component: lazyRouteComponent(() => import('./pages/Sbcs'), 'Sbcs') }),
  createRoute({ getParentRoute: () => inside, path: 'tenants', component: lazyRouteComponent(() => import('./pages/Tenants'), 'Tenants') }),
  createRoute({ getParentRoute: () => inside, path: 'calls', component: lazyRouteComponent(() => import('./pages/Calls'), 'Calls') }),
  createRoute({ getParentRoute: () => inside, path: 'charges', component: lazyRouteComponent(() => import('./pages/Charges'), 'Charges') }),
  createRoute({ getParentRoute: () => inside, path: 'audit', component: lazyRouteComponent(() => import('./pages/Audit'), 'Audit') }),
  createRoute({ getParentRoute: () => inside, path: 'users', component: lazyRouteComponent(() => import('./pages/Users'), 'Users') }),
  createRoute({ getParentRoute: () => inside, path: 'settings', component: lazyRouteComponent(() => import('./pages/Settings'), 'Settings') }),
];

export const router = createRouter({
  routeTree: root.addChildren([...open, inside.addChildren(pages)]),
  basepath: '/isp',
  defaultPreload: 'intent',
  ...plainSearch,
});
