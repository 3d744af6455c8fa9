// One call: what JsSIP says of it becomes changes of its line.
import type { RTCSession } from 'jssip/lib/RTCSession';
import { audioConstraints, play, stopStream } from './devices';
import { whyNotAnswered, whyOver, type Ended } from './endings';
import { count, judge, type Counted } from './quality';
import { newLine, type Action, type Line, type Peer } from './state';

const CANDIDATE_PAUSE_MS = 300; // JsSIP itself would wait for a server that never answers
const MEASURE_MS = 2_000;
const SUSPICIOUS = 4; // measurements without a packet: did the far end's BYE get lost?
const READY_MS = 50;
const READY_TRIES = 100;
const KEY_MS = 120;
const KEY_GAP_MS = 70;

export interface Facts {
  id: string;
  incoming: boolean;
  peer: Peer;
  microphone: MediaStream | null;
  tell: (action: Action) => void;
  read: () => Line | undefined;
  onOver: (ending: string) => void;
  /** Whether calling this user costs nothing and reaches a colleague. */
  isSafe: (user: string) => Promise<boolean>;
}

interface EndEvent {
  originator: unknown;
  cause: string;
  message?: unknown;
}

interface Referred {
  request: { refer_to: { uri: { user: string; host: string; hasHeader: (name: string) => boolean } } };
  accept: (initialise: (session: RTCSession) => void, options: object) => void;
  reject: () => void;
}

/** What a REFER needs of the dialog that is to be replaced (RFC 3891): the far end's tag is the "to" tag. */
interface Replaced {
  _request: { call_id: string; from_tag: string; to_tag: string };
  _from_tag: string;
  _to_tag: string;
}

interface InDialog {
  sendRequest: (method: string, options: { eventHandlers: Record<string, () => void> }) => void;
}

/** Calls that take the place of one that was answered: they don't ring (RFC 3891 3). */
const replacements = new WeakSet<RTCSession>();

export class Call {
  /** Nothing comes from the far end yet, so ringing is ours to be made. */
  hearsNothing = true;
  private readonly player = new Audio();
  private microphone: MediaStream | null;
  private measuring: ReturnType<typeof setInterval> | undefined;
  private counted: Counted | null = null;
  private answered = false;
  private left = false;
  /** Measurements in a row in which nothing came. */
  private silentFor = 0;
  private offered: Referred | null = null;

  constructor(private readonly session: RTCSession, private readonly facts: Facts) {
    this.microphone = facts.microphone;
    this.follow();
  }

  static options(mediaStream: MediaStream): object {
    return { mediaStream, pcConfig: { iceServers: [] } };
  }

  newLine(): Line {
    return newLine(this.facts.id, this.facts.incoming ? 'in' : 'out', this.facts.peer);
  }

  answer(microphone: MediaStream): void {
    this.microphone = microphone;
    if (this.session.isEnded()) return; // the caller gave up while the microphone was opened
    this.session.answer(Call.options(microphone));
  }

  static isReplacement(session: RTCSession): boolean {
    return replacements.has(session);
  }

  get isAnswered(): boolean {
    return this.answered;
  }

  hangUp(): void {
    if (!this.session.isEnded()) this.session.terminate(this.facts.incoming && !this.answered ? { status_code: 603 } : {});
  }

  /** The two others have each other. */
  private leave(): void {
    this.left = true;
    this.hangUp();
  }

  /** The SBC is there again: is the call? What was said in the meantime nobody heard. */
  onConnected(): void {
    if (!this.answered || this.session.isEnded()) return;
    this.askWhetherAlive();
    const { iceConnectionState } = this.session.connection;
    if (iceConnectionState === 'disconnected' || iceConnectionState === 'failed') void this.moveMedia();
  }

  private askWhetherAlive(): void {
    const over = () => !this.session.isEnded() && this.session.terminate({ cause: 'Dialog Error' });
    (this.session as unknown as InDialog).sendRequest('OPTIONS', { eventHandlers: { onDialogError: over } });
  }

  press(key: string): void {
    if (this.session.isEnded()) return;
    this.session.sendDTMF(key, { transportType: 'RFC2833' as never, duration: KEY_MS, interToneGap: KEY_GAP_MS });
  }

  setMuted(muted: boolean): void {
    if (muted) this.session.mute({ audio: true });
    else this.session.unmute({ audio: true });
  }

  hold(): Promise<void> {
    return this.whenReady((done) => this.session.hold({}, done));
  }

  resume(): Promise<void> {
    return this.whenReady((done) => this.session.unhold({}, done));
  }

  /** `instead`: the call whose place is taken; without it the far end simply calls (RFC 3515). */
  transfer(uri: string, to: string, instead: Call | null): void {
    const { id, tell } = this.facts;
    const say = (state: 'asked' | 'ringing' | 'failed', status = 0) => tell({ kind: 'changed', id, change: { transfer: { to, state, status } } });
    const done = () => [this, instead].forEach((call) => call?.leave());
    if (this.session.isEnded()) return;
    say('asked');
    this.session.refer(uri, {
      ...(instead ? { replaces: instead.asReplaced() as unknown as RTCSession } : {}),
      eventHandlers: {
        progress: () => say('ringing'),
        accepted: done,
        failed: ({ status_line }: { status_line?: { status_code: number } }) => say('failed', status_line?.status_code ?? 0),
        requestFailed: ({ response }: { response: { status_code: number } | null }) => say('failed', response?.status_code ?? 0),
      },
    });
  }

  answerOffer(accept: boolean): void {
    const offered = this.offered;
    this.offered = null;
    if (accept) offered?.accept(() => undefined, { pcConfig: { iceServers: [] }, mediaConstraints: audioConstraints() });
    else offered?.reject();
  }

  private asReplaced(): Replaced {
    const { _request, _from_tag, _to_tag } = this.session as unknown as Replaced;
    return this.facts.incoming ? { _request, _from_tag: _request.to_tag, _to_tag: _request.from_tag } : { _request, _from_tag, _to_tag };
  }

  private moveMedia(): Promise<void> {
    return this.whenReady((done) => this.session.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, done));
  }

  /** JsSIP refuses an offer, by returning false, while another is on its way. */
  private async whenReady(offer: (done: () => void) => boolean): Promise<void> {
    for (let left = READY_TRIES; left > 0 && !this.session.isEnded(); left -= 1) {
      let settled: () => void = () => undefined;
      const done = new Promise<void>((resolve) => {
        settled = resolve;
      });
      if (offer(settled)) return Promise.race([done, this.ended]);
      await new Promise((resolve) => setTimeout(resolve, READY_MS));
    }
  }

  private settleEnded: () => void = () => undefined;
  private readonly ended = new Promise<void>((resolve) => {
    this.settleEnded = resolve;
  });

  private follow(): void {
    const { id, tell } = this.facts;
    const change = (changed: Partial<Line>) => tell({ kind: 'changed', id, change: changed });
    this.hurryCandidates();
    const { connection } = this.session as { connection?: RTCPeerConnection };
    if (connection) this.hear(connection);
    else this.session.on('peerconnection', ({ peerconnection }) => this.hear(peerconnection));
    this.session.on('progress', (event: object) => {
      const { body } = (event as { response?: { body?: string } }).response ?? {};
      if (!this.facts.incoming) {
        this.hearsNothing = !body;
        change({ stage: 'ringing' });
      }
    });
    this.session.on('accepted', () => this.onAnswered());
    this.session.on('hold', ({ originator }) => change(isOurs(originator) ? { held: true } : { heldByPeer: true }));
    this.session.on('unhold', ({ originator }) => change(isOurs(originator) ? { held: false } : { heldByPeer: false }));
    this.session.on('muted', () => change({ muted: true }));
    this.session.on('unmuted', () => change({ muted: false }));
    this.session.on('failed', (event) => this.onOver(whyNotAnswered(this.facts.incoming ? 'in' : 'out', read(event as EndEvent))));
    this.session.on('ended', (event) => this.onOver(whyOver(read(event as EndEvent))));
    this.session.on('refer', (event) => void this.onReferred(event as unknown as Referred));
    this.session.on('replaces', ({ accept }) => (accept as Referred['accept'])((session) => this.giveWayTo(session), {}));
  }

  /** JsSIP would end this call as soon as the other is confirmed, and throw where the far end was quicker. */
  private giveWayTo(session: RTCSession): void {
    replacements.add(session);
    session.removeAllListeners('confirmed');
    session.on('confirmed', () => this.hangUp());
  }

  private hurryCandidates(): void {
    let pause: ReturnType<typeof setTimeout> | undefined;
    this.session.on('icecandidate', ({ ready }) => {
      clearTimeout(pause);
      pause = setTimeout(() => ready(), CANDIDATE_PAUSE_MS);
    });
  }

  private hear(connection: RTCPeerConnection): void {
    connection.addEventListener('track', ({ track }) => void play(new MediaStream([track]), this.player).catch(() => undefined));
  }

  private onAnswered(): void {
    this.answered = true;
    this.hearsNothing = false;
    this.facts.tell({ kind: 'answered', id: this.facts.id, at: Date.now() });
    this.measuring = setInterval(() => void this.measure(), MEASURE_MS);
  }

  private async measure(): Promise<void> {
    const now = count(await this.session.connection.getStats());
    const line = this.facts.read();
    if (!now || !line || line.held) return;
    this.silentFor = now.received === this.counted?.received && !line.heldByPeer ? this.silentFor + 1 : 0;
    if (this.silentFor > 0 && this.silentFor % SUSPICIOUS === 0) this.askWhetherAlive();
    this.facts.tell({ kind: 'changed', id: this.facts.id, change: { quality: judge(this.counted, now) } });
    this.counted = now;
  }

  // Somebody else decides whom we call: only colleagues without asking
  private async onReferred(referred: Referred): Promise<void> {
    const { user } = referred.request.refer_to.uri;
    this.offered = referred;
    if (await this.facts.isSafe(user)) this.answerOffer(true);
    else this.facts.tell({ kind: 'offered', offer: { lineId: this.facts.id, from: this.facts.peer.name || this.facts.peer.number, to: user } });
  }

  silence(): void {
    clearInterval(this.measuring);
    stopStream(this.microphone);
    this.player.pause();
    this.player.srcObject = null;
  }

  private onOver(ending: string): void {
    this.settleEnded();
    this.silence();
    this.facts.onOver(this.left ? 'end.transferred' : ending);
  }

  /** Another microphone or speaker from now on. */
  async changeDevices(microphone: MediaStream | null, apply: (player: HTMLAudioElement) => Promise<void>): Promise<void> {
    await apply(this.player);
    const [track] = microphone?.getAudioTracks() ?? [];
    const sender = this.session.connection.getSenders().find((one) => one.track?.kind === 'audio');
    if (!track || !sender) return;
    track.enabled = sender.track?.enabled ?? true;
    await sender.replaceTrack(track);
    stopStream(this.microphone);
    this.microphone = microphone;
  }
}

function isOurs(originator: unknown): boolean {
  return originator === 'local';
}

function read({ originator, cause, message }: EndEvent): Ended {
  return { cause, byUs: isOurs(originator), status: (message as { status_code?: number } | null | undefined)?.status_code ?? 0 };
}
