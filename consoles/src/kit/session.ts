// The access token lives in memory alone; the refresh token in a cookie that scripts can't read.
import { spoken } from './language';
import { SESSION_OF, viewedTenant } from './place';
import { readProblem, Unreachable, type Problem } from './problem';
import { Store } from './store';

export type Status = 'unknown' | 'in' | 'out' | 'expired';
export interface Session {
  readonly status: Status;
  readonly token: string;
  readonly role: string;
}

interface Tokens {
  access_token: string;
  role: string;
}

const OUT: Session = { status: 'out', token: '', role: '' };

export const session = new Store<Session>({ ...OUT, status: 'unknown' });
export const connected = new Store(true);

/** What a request needs that starts, renews or ends a session. */
export const SESSION_HEADERS = { 'X-Session-Cookie': SESSION_OF, 'Content-Type': 'application/json' } as const;

export function startSession(tokens: Tokens): void {
  session.set({ status: 'in', token: tokens.access_token, role: tokens.role });
}

/** A request in the page's language, that tells the rest of the console whether the API can be reached. Raises
 * Unreachable. */
export async function reach(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', spoken.get());
  try {
    const response = await fetch(request);
    connected.set(true);
    return response;
  } catch (error) {
    connected.set(false);
    throw new Unreachable('no answer', { cause: error });
  }
}

function post(path: string): Promise<Response> {
  return reach(new Request(`${location.origin}/v1/auth/${path}`, { method: 'POST', headers: SESSION_HEADERS, body: '{}' }));
}

let pending: Promise<boolean> | null = null;

/** New tokens by the cookie; false: there is no session. */
export function refreshSession(): Promise<boolean> {
  pending ??= renewAlone().finally(() => {
    pending = null;
  });
  return pending;
}

// A refresh token is good for one use: of several tabs one asks at a time, each with the newest cookie.
async function renewAlone(): Promise<boolean> {
  const locks = (navigator as { locks?: LockManager }).locks; // absent where the page isn't secure
  return locks ? await locks.request(`patchbay-${SESSION_OF}`, () => renew()) : await renew();
}

async function renew(): Promise<boolean> {
  const response = await post('refresh');
  if (response.ok) {
    const tokens = (await response.json()) as Tokens;
    startSession(viewedTenant ? await exchange(tokens) : tokens);
    return true;
  }
  if (response.status >= 500) throw await readProblem(response);
  session.set({ ...OUT, status: session.get().status === 'in' ? 'expired' : 'out' });
  return false;
}

/** The ISP's admin for the admin of the tenant that is looked at; the API notes who is behind it. */
async function exchange(tokens: Tokens): Promise<Tokens> {
  const headers = { Authorization: `Bearer ${tokens.access_token}` };
  const response = await reach(new Request(`${location.origin}/v1/tenants/${viewedTenant}/view`, { method: 'POST', headers }));
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as Tokens;
}

export async function logOut(): Promise<Problem | null> {
  const response = await post('logout');
  if (!response.ok) return readProblem(response);
  session.set(OUT);
  return null;
}

/** A request with the access token; one that has run out is renewed once. */
export async function authorisedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await reach(withToken(request));
  if (response.status !== 401 || session.get().status !== 'in') return response;
  return (await refreshSession()) ? reach(withToken(again)) : response;
}

function withToken(request: Request): Request {
  const { token } = session.get();
  if (token && !request.headers.has('Authorization')) request.headers.set('Authorization', `Bearer ${token}`);
  return request;
}
