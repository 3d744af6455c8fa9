import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, take } from './api';

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => take(api.GET('/v1/me')), staleTime: 60_000 });

/** The ISP's currency, once it is known. */
export function useCurrency(): string {
  return useQuery(meQuery).data?.isp?.currency ?? '';
}
