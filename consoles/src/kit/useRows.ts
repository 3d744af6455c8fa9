import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { listQuery } from './lists';

const ENOUGH = 25; // rows, for a page to be worth looking at
const PAGES = 8; // that are asked for without being told to

/** The rows of a list. A filtered page may be short, even empty, and still not be the last: then the next is asked for at once. */
export function useRows<V>(path: string, query: Record<string, string | undefined>) {
  const list = useInfiniteQuery({ ...listQuery<V>(path, query), placeholderData: keepPreviousData });
  const { hasNextPage, isFetching, isError, fetchNextPage } = list;
  const rows = list.data?.pages.flatMap((page) => page.items);
  const goesOn = rows !== undefined && hasNextPage && !isError;
  const searching = goesOn && rows.length === 0;
  const isShort = goesOn && rows.length < ENOUGH && (searching || (list.data?.pages.length ?? 0) < PAGES);
  useEffect(() => {
    if (isShort && !isFetching) void fetchNextPage();
  }, [isShort, isFetching, fetchNextPage]);
  return { ...list, rows: searching ? undefined : rows };
}
