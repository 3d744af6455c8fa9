import { queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { api, take, type Schemas } from '../kit/api';
import { meQuery } from '../kit/me';
import { tenantInPath } from '../kit/place';

/** Where everything of this tenant is. */
export const TENANT = `/v1/tenants/${tenantInPath}` as const;
const path = { tenant_id: tenantInPath };

export const tenantQuery = (id: string) => queryOptions({
  queryKey: ['tenant', id],
  queryFn: () => take(api.GET('/v1/tenants/{tenant_id}', { params: { path: { tenant_id: id } } })),
  staleTime: 60_000,
});

export const connectionQuery = queryOptions({
  queryKey: [TENANT, 'connection'],
  queryFn: () => take(api.GET('/v1/tenants/{tenant_id}/connection', { params: { path } })),
  staleTime: 60_000,
});

/** The tenants of whoever is logged in, by name. One that has been removed is left out; undefined: not known yet. */
export function useOwnTenants(): Schemas['TenantView'][] | undefined {
  const { data: me } = useQuery(meQuery);
  const found = useQueries({ queries: (me?.tenant_ids ?? []).map(tenantQuery) });
  if (!me || found.some((one) => one.isPending)) return undefined;
  return found.flatMap((one) => (one.data ? [one.data] : [])).sort((one, other) => one.name.localeCompare(other.name));
}
