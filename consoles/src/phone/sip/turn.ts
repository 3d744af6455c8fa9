// One tab at a time is the phone: two would both ring, and both would answer.
import { Store } from '../../kit/store';

const LOCK = 'patchbay-phone-tab';

export type Turn = 'asking' | 'mine' | 'elsewhere';

export const turn = new Store<Turn>('asking');
/** Calls of the tab that is the phone, when that is another one. */
export const callsElsewhere = new Store(0);

let letGo: (() => void) | null = null;
let waiting: AbortController | null = null;
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(LOCK);
let ownCalls = 0;

interface Told {
  asks?: true;
  calls?: number;
}

channel?.addEventListener('message', ({ data }: MessageEvent<Told>) => {
  if (data.asks && turn.get() === 'mine') channel.postMessage({ calls: ownCalls });
  if (data.calls !== undefined) callsElsewhere.set(data.calls);
});

/** The other tabs are told how much there is to lose. */
export function tellCalls(calls: number): void {
  if (calls === ownCalls) return;
  ownCalls = calls;
  channel?.postMessage({ calls });
}

/** Ours if no other tab is the phone; else as soon as that one is closed. */
export function askForTurn(): void {
  if (turn.get() !== 'asking') return;
  const { locks } = navigator as { locks?: LockManager }; // absent where the page isn't secure, and has no microphone
  if (locks) void request(locks, { ifAvailable: true });
  else turn.set('mine');
}

/** Ours now; the other tab hangs up and says so. */
export function takeTurn(): void {
  waiting?.abort();
  void request(navigator.locks, { steal: true });
}

export function giveUpTurn(): void {
  waiting?.abort();
  letGo?.();
  letGo = null;
  turn.set('asking');
}

async function request(locks: LockManager, options: LockOptions): Promise<void> {
  const own = { held: false };
  const holding = (lock: Lock | null) => {
    if (!lock) return null;
    own.held = true;
    turn.set('mine');
    return new Promise<'given up'>((resolve) => {
      letGo = () => resolve('given up');
    });
  };
  try {
    if ((await locks.request(LOCK, options, holding)) === null) wait(locks);
  } catch {
    if (own.held) wait(locks); // another tab took it; a wait that was aborted is of no interest
  }
}

function wait(locks: LockManager): void {
  turn.set('elsewhere');
  channel?.postMessage({ asks: true });
  waiting = new AbortController();
  void request(locks, { signal: waiting.signal });
}
