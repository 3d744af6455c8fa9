import createClient from 'openapi-fetch';
import type { components, paths } from '../generated/api';
import { readProblem } from './problem';
import { authorisedFetch, SESSION_HEADERS } from './session';

export type Schemas = components['schemas'];

/** The typed client: `take(api.GET('/v1/isp'))`. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: authorisedFetch });
api.use({
  async onResponse({ response }) {
    if (!response.ok) throw await readProblem(response);
  },
});

/** For requests that start or change a session. */
export const sessionHeaders = { headers: SESSION_HEADERS };

export async function take<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

export interface Asked {
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  version?: number;
}

/** For code that works on every kind of record, where the path is a value. Raises Problem or Unreachable. */
export async function send<T>(method: string, path: string, { query = {}, body, version }: Asked = {}): Promise<T> {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, String(value));
  const headers = new Headers(body === undefined ? {} : { 'Content-Type': 'application/json' });
  if (version !== undefined) headers.set('If-Match', `"${version}"`);
  const sent = body === undefined ? null : JSON.stringify(body);
  const response = await authorisedFetch(new Request(url, { method, headers, body: sent }));
  if (!response.ok) throw await readProblem(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
