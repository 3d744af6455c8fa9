import { expect, test } from 'vitest';
import { count, judge, type Counted } from './quality';

const CLEAN: Counted = { received: 1000, lost: 0, jitterMs: 2, roundTripMs: 30, codec: 'PCMU' };

test('a clean call is good', () => {
  const quality = judge(null, CLEAN);

  expect(quality.word).toBe('good');
  expect(quality.mos).toBeGreaterThan(4.3);
});

test.each([
  [{ lost: 30, received: 970 }, 'good'],
  [{ lost: 80, received: 920 }, 'fair'],
  [{ lost: 300, received: 700 }, 'poor'],
  [{ roundTripMs: 900 }, 'poor'],
])('%o is %s', (change, word) => {
  expect(judge(null, { ...CLEAN, ...change }).word).toBe(word);
});

test('only what was lost since the last count matters', () => {
  const before = { ...CLEAN, received: 1000, lost: 500 };

  expect(judge(before, { ...CLEAN, received: 1100, lost: 500 }).lossPercent).toBe(0);
  expect(judge(before, { ...CLEAN, received: 1090, lost: 510 }).lossPercent).toBe(10);
});

test('nothing received yet is no loss', () => {
  expect(judge(CLEAN, CLEAN)).toMatchObject({ lossPercent: 0, word: 'good' });
});

test("the browser's report is read: the far end's round trip before the nearest one's", () => {
  const report = new Map<string, { type: string }>(Object.entries({
    a: { type: 'inbound-rtp', kind: 'audio', packetsReceived: 50, packetsLost: 1, jitter: 0.004, codecId: 'c' },
    b: { type: 'remote-inbound-rtp', roundTripTime: 0.08 },
    c: { type: 'codec', mimeType: 'audio/opus' },
    d: { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.001 },
  }));

  expect(count(report)).toEqual({ received: 50, lost: 1, jitterMs: 4, roundTripMs: 80, codec: 'opus' });
  expect(count(new Map())).toBeNull();
});
