import { infiniteQueryOptions } from '@tanstack/react-query';
import { send } from './api';

export interface Page<V> {
  items: V[];
  next_cursor?: string | null;
}

export function listQuery<V>(path: string, query: Record<string, string | undefined>) {
  return infiniteQueryOptions({
    queryKey: [path, 'list', query],
    queryFn: ({ pageParam }) => send<Page<V>>('GET', path, { query: { ...query, limit: 50, cursor: pageParam } }),
    initialPageParam: '',
    getNextPageParam: (last: Page<V>) => last.next_cursor ?? undefined,
  });
}
