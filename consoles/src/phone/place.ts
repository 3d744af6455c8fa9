// Where in this console we are. Five pages need no router: it would weigh as much as all of them (docs/adr/0007).
import { Store } from '../kit/store';

const BASE = '/phone';

export interface Place {
  /** Below the console: "/", "/history". */
  path: string;
  search: Readonly<Record<string, string | undefined>>;
}

function read(): Place {
  const path = location.pathname.slice(BASE.length).replace(/\/+$/, '');
  return { path: path || '/', search: Object.fromEntries(new URLSearchParams(location.search)) };
}

export const place = new Store<Place>(read());

export function addressOf(to: string): string {
  return BASE + to;
}

export function go(to: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', addressOf(to));
  place.set(read());
}

export function followHistory(): void {
  window.addEventListener('popstate', () => place.set(read()));
}
