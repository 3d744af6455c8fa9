// The phone of this tab, for the pages: its state, and what can be asked of it. The telephone itself is loaded later.
import { api, send, take, type Schemas } from '../kit/api';
import { queries } from '../kit/Provider';
import { Store } from '../kit/store';
import type { Account } from './sip/account';
import { canCall, MicrophoneError, type MicrophoneTrouble } from './sip/devices';
import type { Phone } from './sip/phone';
import { IDLE, isLive, type Peer, type PhoneState } from './sip/state';
import { tellCalls } from './sip/turn';

type Contact = Schemas['ContactView'];

export const phoneState = new Store<PhoneState>(IDLE);
export const account = new Store<Account | null>(null);
export const microphoneTrouble = new Store<MicrophoneTrouble | null>(null);

/** When a call's record is looked for after its end: it takes some seconds from the SBC to the API. */
const RECORD_MS = [1_000, 4_000, 15_000];

let phone: Phone | null = null;
let starting: Promise<void> | null = null;
/** Counts starts and stops: what was begun before a stop comes to nothing. */
let round = 0;

phoneState.subscribe(() => tellCalls(phoneState.get().lines.filter(isLive).length));

/** Once, however often it is asked. Raises Problem or Unreachable. */
export function startPhone(): Promise<void> {
  starting ??= begin().catch((error: unknown) => {
    starting = null;
    throw error;
  });
  return starting;
}

/** Who this is. Asked anew until it was answered, then kept until the log-out. */
export async function loadAccount(): Promise<Account> {
  const found = account.get() ?? (await take(api.GET('/v1/me/phone')));
  account.set(found);
  return found;
}

async function begin(): Promise<void> {
  const mine = (round += 1);
  const [found, { Phone }] = await Promise.all([loadAccount(), import('./sip/phone')]);
  if (round !== mine) return;
  if (!canCall() || !found.websocket_url) {
    const refusal = canCall() ? 'no_websocket' : 'insecure';
    phoneState.set({ ...IDLE, connection: 'refused', refusal });
    return;
  }
  phone = new Phone(found, {
    state: phoneState,
    findPeer,
    onOver: () => RECORD_MS.forEach((ms) => setTimeout(() => void queries.invalidateQueries({ queryKey: [`/v1/tenants/${found.tenant_id}/calls`] }), ms)),
  });
  phone.start();
}

/** With what the API says now, if the SBC wouldn't have it as it was. */
export function renewPhone(): void {
  if (phoneState.get().connection !== 'refused') return;
  stopPhone();
  account.set(null);
  void startPhone().catch(() => undefined);
}

export function stopPhone(): void {
  round += 1;
  phone?.stop();
  phone = null;
  starting = null;
  phoneState.set(IDLE);
}

/** What only a page with a microphone can do; why it can't is kept for all to see. */
async function withMicrophone(work: (phone: Phone) => Promise<void>): Promise<void> {
  if (!phone) return;
  try {
    await work(phone);
    microphoneTrouble.set(null);
  } catch (error) {
    if (!(error instanceof MicrophoneError)) throw error;
    microphoneTrouble.set(error.trouble);
  }
}

export const actions = {
  call: (dialled: string) => withMicrophone((one) => one.call(dialled)),
  answer: (id: string) => withMicrophone((one) => one.answer(id)),
  hangUp: (id: string) => phone?.hangUp(id),
  press: (id: string, key: string) => phone?.press(id, key),
  setMuted: (id: string, muted: boolean) => phone?.setMuted(id, muted),
  hold: (id: string) => void phone?.hold(id),
  resume: (id: string) => void phone?.resume(id),
  transfer: (id: string, dialled: string) => phone?.transfer(id, dialled),
  connect: (id: string, otherId: string) => phone?.connect(id, otherId),
  answerOffer: (accept: boolean) => phone?.answerOffer(accept),
};

const CONTACTS_FRESH_MS = 10_000;

/** Colleagues whose name, username or alias has this in it. */
export function contactsQuery(search: string, limit = 8) {
  const tenant = account.get()?.tenant_id ?? '';
  return {
    queryKey: ['contacts', tenant, search, limit],
    queryFn: () => send<{ items: Contact[]; next_cursor?: string | null }>('GET', `/v1/tenants/${tenant}/contacts`, { query: { search, limit } }),
    staleTime: CONTACTS_FRESH_MS,
    enabled: tenant !== '',
  };
}

async function findPeer(user: string): Promise<Peer | null> {
  if (!user) return null;
  const found = await queries.query(contactsQuery(user)).catch(() => null);
  const same = (one: string) => one.toLowerCase() === user.toLowerCase();
  const contact = found?.items.find(({ username, alias }) => same(username) || same(alias));
  return contact ? { number: user, name: contact.name, colleague: true } : null;
}
