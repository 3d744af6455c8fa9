import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { basepath } from '../kit/place';
import { Broken, Root } from '../kit/Root';
import { readSearch } from '../kit/useListSearch';

const root = createRootRoute({ component: Root, validateSearch: readSearch, errorComponent: Broken });

const pages = [
  createRoute({ getParentRoute: () => root, path: '/', component: lazyRouteComponent(() => import('./pages/Phone'), 'Phone') }),
];

export const router = createRouter({ routeTree: root.addChildren(pages), basepath, defaultPreload: 'intent' });
