import { EventEmitter } from 'node:events';
import type { RTCSession } from 'jssip/lib/RTCSession';
import { beforeEach, expect, test, vi } from 'vitest';
import { Call } from './call';

vi.mock('./devices', () => ({ stopStream: () => undefined })); // of a browser

beforeEach(() => vi.stubGlobal('Audio', class { pause = () => undefined; }));

/** As JsSIP's: it can't be ended twice, and ends when the session that takes its place is confirmed. */
class Session extends EventEmitter {
  ended = 0;

  isEnded(): boolean {
    return this.ended > 0;
  }

  terminate(): void {
    if (this.isEnded()) throw new Error('Invalid status: 8');
    this.ended += 1;
  }

  replacedBy(session: Session): void {
    session.on('confirmed', () => this.terminate());
    this.emit('replaces', { accept: (initialise: (session: Session) => void) => initialise(session) });
  }
}

function aCall(): Session {
  const session = new Session();
  new Call(session as unknown as RTCSession, {
    id: 'line-1',
    incoming: true,
    peer: { number: '1000', name: 'Alice', colleague: true },
    microphone: null,
    tell: () => undefined,
    read: () => undefined,
    onOver: () => undefined,
    isSafe: () => Promise.resolve(true),
  });
  return session;
}

test('a call whose place is taken ends once the other stands', () => {
  const [session, replacement] = [aCall(), new Session()];
  session.replacedBy(replacement);
  expect(session.ended).toBe(0);

  replacement.emit('confirmed');

  expect(session.ended).toBe(1);
  expect(Call.isReplacement(replacement as unknown as RTCSession)).toBe(true);
});

test('it may have been hung up by then', () => {
  const [session, replacement] = [aCall(), new Session()];
  session.replacedBy(replacement);
  session.terminate();

  replacement.emit('confirmed');

  expect(session.ended).toBe(1);
});
