// The telephone itself: JsSIP and the browser's media, behind the plain data of `state`. Loaded when somebody is logged in.
import { UA } from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { Store } from '../../kit/store';
import type { Account } from './account';
import { Call } from './call';
import { chosen, openMicrophone, stopStream, setSpeaker } from './devices';
import { sipUri, userOf } from './dialling';
import { DroppableSocket } from './socket';
import { setSound } from './sounds';
import { isLive, isTalking, reduce, type Action, type Line, type Peer, type PhoneState, type Refusal } from './state';

const REGISTER_S = 120;
const RECOVERY_S = { connection_recovery_min_interval: 1, connection_recovery_max_interval: 8 };
const PROBE_EVERY_MS = 20_000;
const PROBE_LIMIT_MS = 5_000;
const CONNECT_LIMIT_MS = 8_000; // a browser itself would wait for minutes
const AGAIN_MS = 5_000;
const NO_ANSWER_S = 200; // longer than any dial timeout: the SBC gives up first
const SHOWN_AFTER_END_MS = 5_000;

export interface Surroundings {
  state: Store<PhoneState>;
  /** A colleague by username or alias. */
  findPeer: (user: string) => Promise<Peer | null>;
  onOver: (line: Line) => void;
}

interface Optioned {
  sendOptions: (target: string, body: undefined, options: { eventHandlers: Record<string, () => void> }) => void;
}

export class Phone {
  private readonly socket: DroppableSocket;
  private readonly ua: UA;
  private readonly calls = new Map<string, Call>();
  /** Hung up while there was no connection: the far end hears of it with the next one. */
  private readonly ghosts = new Set<Call>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private connecting: ReturnType<typeof setTimeout> | undefined;
  private probing: ReturnType<typeof setInterval> | undefined;
  private unfollow: () => void = () => undefined;
  private count = 0;
  /** Of the next call of ours: who it is for, and what it speaks with. */
  private next: { peer: Peer; microphone: MediaStream } | null = null;

  constructor(private readonly account: Account, private readonly around: Surroundings) {
    this.socket = new DroppableSocket(account.websocket_url);
    this.ua = new UA({
      sockets: [this.socket],
      uri: `sip:${account.username}@${account.domain}`,
      realm: account.domain,
      ha1: account.ha1,
      display_name: account.display_name || account.username,
      register_expires: REGISTER_S,
      no_answer_timeout: NO_ANSWER_S,
      session_timers: false,
      user_agent: 'Patchbay phone',
      ...RECOVERY_S,
    });
    this.follow();
  }

  start(): void {
    this.tell({ kind: 'connection', connection: 'connecting' });
    this.ua.start();
    this.probing = setInterval(() => this.probe(), PROBE_EVERY_MS);
    window.addEventListener('online', this.probe);
    this.unfollow = chosen.subscribe(() => void this.changeDevices());
  }

  /** Hangs up, ends the registration and leaves. */
  stop(): void {
    this.unfollow();
    window.removeEventListener('online', this.probe);
    clearInterval(this.probing);
    clearTimeout(this.connecting);
    this.timers.forEach(clearTimeout);
    this.ua.stop();
    setSound('none');
    this.tell({ kind: 'connection', connection: 'off' });
  }

  private tell(action: Action): void {
    this.around.state.set(reduce(this.around.state.get(), action));
    this.chooseSound();
  }

  private line(id: string): Line | undefined {
    return this.around.state.get().lines.find((line) => line.id === id);
  }

  private later(work: () => void, afterMs: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, afterMs);
    this.timers.add(timer);
  }

  // --- connection

  private follow(): void {
    this.ua.on('registered', () => {
      this.tell({ kind: 'connection', connection: 'registered' });
      this.ghosts.forEach((call) => call.hangUp());
      this.ghosts.clear();
      this.calls.forEach((call) => call.onConnected());
    });
    this.ua.on('connecting', () => {
      this.connecting = setTimeout(() => this.socket.drop(), CONNECT_LIMIT_MS);
    });
    this.ua.on('connected', () => clearTimeout(this.connecting));
    this.ua.on('disconnected', () => {
      clearTimeout(this.connecting);
      if (this.around.state.get().connection !== 'off') this.tell({ kind: 'connection', connection: 'lost' });
    });
    this.ua.on('registrationFailed', ({ response }) => this.onRefused((response as { status_code?: number } | null)?.status_code ?? 0));
    this.ua.on('newRTCSession', ({ session, originator }: { session: RTCSession; originator: unknown }) => this.adopt(session, String(originator) === 'remote'));
  }

  private onRefused(status: number): void {
    if (!this.ua.isConnected()) return; // it says so itself, and JsSIP goes on trying
    if (status === 0) {
      this.socket.drop();
      return;
    }
    const refusal: Refusal = status === 401 || status === 407 ? 'password' : status === 403 ? 'forbidden' : 'busy';
    this.tell({ kind: 'connection', connection: 'refused', refusal });
    if (refusal !== 'password') this.later(() => this.ua.isConnected() && this.ua.register(), refusal === 'busy' ? AGAIN_MS : 12 * AGAIN_MS);
  }

  /** Whether anybody is there: a connection whose network is gone looks open for minutes. */
  private readonly probe = (): void => {
    if (!this.ua.isConnected()) return;
    const limit = setTimeout(() => this.socket.drop(), PROBE_LIMIT_MS);
    const answered = () => clearTimeout(limit);
    (this.ua as unknown as Optioned).sendOptions(`sip:${this.account.domain}`, undefined, { eventHandlers: { succeeded: answered, failed: answered } });
  };

  // --- calls

  /** Puts a running call on hold first. Raises MicrophoneError. */
  async call(dialled: string): Promise<void> {
    const microphone = await openMicrophone();
    const peer = { number: dialled, name: '', colleague: false };
    await this.holdOthers('');
    this.next = { peer, microphone };
    try {
      this.ua.call(sipUri(dialled, this.account.domain), Call.options(microphone));
    } finally {
      this.dropNext();
    }
  }

  /** What no call took with it. */
  private dropNext(): void {
    stopStream(this.next?.microphone ?? null);
    this.next = null;
  }

  /** Raises MicrophoneError; the call rings on. */
  async answer(id: string): Promise<void> {
    const microphone = await openMicrophone();
    await this.holdOthers(id);
    const call = this.calls.get(id);
    if (call && this.line(id)?.stage === 'incoming') call.answer(microphone);
    else stopStream(microphone);
  }

  hangUp(id: string): void {
    const call = this.calls.get(id);
    if (!call) return;
    if (this.ua.isConnected() || !call.isAnswered) {
      call.hangUp();
      return;
    }
    call.silence();
    this.ghosts.add(call);
    this.onOver(id, 'end.you_hung_up');
  }

  press(id: string, key: string): void {
    this.calls.get(id)?.press(key);
  }

  setMuted(id: string, muted: boolean): void {
    this.calls.get(id)?.setMuted(muted);
  }

  async hold(id: string): Promise<void> {
    await this.calls.get(id)?.hold();
  }

  /** Any other call goes on hold. */
  async resume(id: string): Promise<void> {
    await this.holdOthers(id);
    await this.calls.get(id)?.resume();
  }

  transfer(id: string, dialled: string): void {
    this.calls.get(id)?.transfer(sipUri(dialled, this.account.domain), dialled, null);
  }

  /** Connects the two others with each other: the first calls the second in our place (RFC 5589 7). */
  connect(id: string, otherId: string): void {
    const other = this.calls.get(otherId);
    const peer = this.line(otherId)?.peer;
    if (other && peer) this.calls.get(id)?.transfer(sipUri(peer.number, this.account.domain), peer.name || peer.number, other);
  }

  answerOffer(accept: boolean): void {
    const { offer } = this.around.state.get();
    if (offer) this.calls.get(offer.lineId)?.answerOffer(accept);
    this.tell({ kind: 'offered', offer: null });
  }

  /** Running calls go on with the newly chosen devices. */
  private async changeDevices(): Promise<void> {
    const { speaker } = chosen.get();
    for (const call of this.calls.values()) {
      const microphone = call.isAnswered ? await openMicrophone().catch(() => null) : null;
      await call.changeDevices(microphone, (player) => setSpeaker(player, speaker));
    }
  }

  private async holdOthers(id: string): Promise<void> {
    const talking = this.around.state.get().lines.filter((line) => line.id !== id && isTalking(line) && !line.held);
    await Promise.all(talking.map((line) => this.hold(line.id)));
  }

  private adopt(session: RTCSession, incoming: boolean): void {
    const id = `line-${(this.count += 1)}`;
    const peer = this.next?.peer ?? this.peerOf(session);
    const call = new Call(session, {
      id,
      incoming,
      peer,
      microphone: this.next?.microphone ?? null,
      tell: (action) => this.tell(action),
      read: () => this.line(id),
      onOver: (ending) => this.onOver(id, ending),
      isSafe: async (user) => (await this.around.findPeer(user)) !== null,
    });
    this.next = null;
    this.calls.set(id, call);
    const replaces = Call.isReplacement(session);
    this.tell({ kind: 'added', line: { ...call.newLine(), ...(replaces ? { stage: 'calling' } : {}) } });
    if (replaces) void openMicrophone().then((microphone) => call.answer(microphone), () => call.hangUp());
    void this.around.findPeer(peer.number).then((found) => {
      if (found) this.tell({ kind: 'changed', id, change: { peer: { ...found, name: peer.name || found.name } } });
    });
  }

  private peerOf(session: RTCSession): Peer {
    const { display_name: name, uri } = session.remote_identity as unknown as { display_name?: string; uri: { user?: string } };
    return { number: userOf(uri.user ?? ''), name: name ?? '', colleague: false };
  }

  private onOver(id: string, ending: string): void {
    if (!this.calls.delete(id)) return;
    this.tell({ kind: 'over', id, ending });
    const line = this.line(id);
    if (line) this.around.onOver(line);
    this.later(() => this.tell({ kind: 'removed', id }), SHOWN_AFTER_END_MS);
  }

  private chooseSound(): void {
    const lines = this.around.state.get().lines.filter(isLive);
    const rings = lines.some((line) => line.stage === 'incoming');
    if (rings) setSound(lines.some(isTalking) ? 'second_call' : 'ringtone');
    else setSound(lines.some((line) => line.stage === 'ringing' && this.calls.get(line.id)?.hearsNothing) ? 'ringback' : 'none');
  }
}