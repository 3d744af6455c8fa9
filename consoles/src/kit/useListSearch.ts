import { useNavigate, useSearch } from '@tanstack/react-router';

export type ListSearch = Record<string, string | undefined>;

/** Filters, search and the open record are the address, so that a page can be sent to somebody. */
export function useListSearch(): [ListSearch, (change: ListSearch) => void] {
  const search: ListSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (next: ListSearch) => {
    const kept = Object.entries({ ...search, ...next }).filter(([, value]) => value);
    void navigate({ to: '.', search: Object.fromEntries(kept), replace: !('open' in next) });
  };
  return [search, change];
}

export function readSearch(search: Record<string, unknown>): ListSearch {
  return Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)]));
}

/** For links: the router's types know no names of searches. */
export function asSearch(search: ListSearch): ListSearch & true {
  return search as ListSearch & true;
}

/** For a router: the search as it is typed, `days=7`; the router's own way quotes what looks like a number. */
export const plainSearch = {
  parseSearch: (text: string): ListSearch => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search: Record<string, unknown>): string => {
    const kept = Object.entries(search).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
    const text = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
    return text && `?${text}`;
  },
};
