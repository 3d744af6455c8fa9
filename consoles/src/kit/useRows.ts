import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { listQuery } from './lists';

/** The rows of a list. A filtered page may be empty and still not be the last: then the next is asked for at once. */
export function useRows<V>(path: string, query: Record<string, string | undefined>) {
  const list = useInfiniteQuery({ ...listQuery<V>(path, query), placeholderData: keepPreviousData });
  const { hasNextPage, isFetching, isError, fetchNextPage } = list;
  const rows = list.data?.pages.flatMap((page) => page.items);
  const searching = rows?.length === 0 && hasNextPage && !isError;
  useEffect(() => {
    if (searching && !isFetching) void fetchNextPage();
  }, [searching, isFetching, fetchNextPage]);
  return { ...list, rows: searching ? undefined : rows };
}
