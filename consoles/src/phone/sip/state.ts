// What the phone is doing, as plain data: changed by `reduce` alone, shown by the pages.

export type Connection =
  | 'off'
  | 'connecting'
  | 'registered'
  /** The SBC doesn't answer; the phone keeps trying. */
  | 'lost'
  /** The SBC answered no. */
  | 'refused';

export type Refusal = 'password' | 'forbidden' | 'busy' | 'no_websocket' | 'insecure';

export interface Peer {
  number: string;
  name: string;
  /** A subscriber of this tenant. */
  colleague: boolean;
}

export type Stage = 'calling' | 'ringing' | 'incoming' | 'talking' | 'over';

export interface Quality {
  mos: number;
  word: 'good' | 'fair' | 'poor';
  lossPercent: number;
  jitterMs: number;
  /** Null: not measured yet. */
  roundTripMs: number | null;
  codec: string;
}

export interface Transfer {
  to: string;
  state: 'asked' | 'ringing' | 'failed';
  /** SIP status of a failure, 0 without one. */
  status: number;
}

export interface Line {
  id: string;
  direction: 'in' | 'out';
  peer: Peer;
  stage: Stage;
  answeredAt: number | null;
  held: boolean;
  heldByPeer: boolean;
  muted: boolean;
  quality: Quality | null;
  transfer: Transfer | null;
  /** Why it is over: a text's key. */
  ending: string;
}

/** The other side wants us to call somebody else in its place. */
export interface Offer {
  lineId: string;
  from: string;
  to: string;
}

export interface PhoneState {
  connection: Connection;
  refusal: Refusal | '';
  lines: readonly Line[];
  offer: Offer | null;
}

export const IDLE: PhoneState = { connection: 'off', refusal: '', lines: [], offer: null };

export type Action =
  | { kind: 'connection'; connection: Connection; refusal?: Refusal }
  | { kind: 'added'; line: Line }
  | { kind: 'changed'; id: string; change: Partial<Omit<Line, 'id' | 'direction'>> }
  | { kind: 'answered'; id: string; at: number }
  | { kind: 'over'; id: string; ending: string }
  | { kind: 'removed'; id: string }
  | { kind: 'offered'; offer: Offer | null };

export function newLine(id: string, direction: Line['direction'], peer: Peer): Line {
  return {
    id,
    direction,
    peer,
    stage: direction === 'in' ? 'incoming' : 'calling',
    answeredAt: null,
    held: false,
    heldByPeer: false,
    muted: false,
    quality: null,
    transfer: null,
    ending: '',
  };
}

export function reduce(state: PhoneState, action: Action): PhoneState {
  switch (action.kind) {
    case 'connection':
      return { ...state, connection: action.connection, refusal: action.refusal ?? '' };
    case 'added':
      return { ...state, lines: [...state.lines, action.line] };
    case 'changed':
      return changeLine(state, action.id, (line) => (line.stage === 'over' ? line : { ...line, ...action.change }));
    case 'answered':
      return changeLine(state, action.id, (line) => ({ ...line, stage: 'talking', answeredAt: line.answeredAt ?? action.at }));
    case 'over':
      return withoutOffer(changeLine(state, action.id, (line) =>
        line.stage === 'over' ? line : { ...line, stage: 'over', ending: action.ending, transfer: null }), action.id);
    case 'removed':
      return { ...state, lines: state.lines.filter((line) => line.id !== action.id) };
    case 'offered':
      return { ...state, offer: action.offer };
  }
}

function changeLine(state: PhoneState, id: string, change: (line: Line) => Line): PhoneState {
  return { ...state, lines: state.lines.map((line) => (line.id === id ? change(line) : line)) };
}

function withoutOffer(state: PhoneState, id: string): PhoneState {
  return state.offer?.lineId === id ? { ...state, offer: null } : state;
}

export const isLive = (line: Line): boolean => line.stage !== 'over';
export const isTalking = (line: Line): boolean => line.stage === 'talking';

/** The call that is being spoken in: what the keys, mute and hold are for. */
export function currentLine(lines: readonly Line[]): Line | null {
  return lines.find((line) => isTalking(line) && !line.held) ?? lines.find((line) => line.stage === 'calling' || line.stage === 'ringing') ?? null;
}

/** Those of a call that waits while another is spoken in. */
export function otherTalking(lines: readonly Line[], than: Line): Line | null {
  return lines.find((line) => line.id !== than.id && isTalking(line)) ?? null;
}
