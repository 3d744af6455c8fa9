import { describe, expect, test } from 'vitest';
import { currentLine, IDLE, newLine, otherTalking, reduce, type Action, type PhoneState } from './state';

const PEER = { number: '1001', name: 'Bob', colleague: true };
const after = (...actions: Action[]): PhoneState => actions.reduce(reduce, IDLE);
const added = (id: string, direction: 'in' | 'out' = 'out'): Action => ({ kind: 'added', line: newLine(id, direction, PEER) });

describe('a line', () => {
  test('begins by ringing here or there, and counts from the answer', () => {
    const { lines } = after(added('a'), added('b', 'in'), { kind: 'answered', id: 'b', at: 1000 });

    expect(lines.map(({ stage, answeredAt }) => [stage, answeredAt])).toEqual([['calling', null], ['talking', 1000]]);
  });

  test('keeps the moment of its first answer', () => {
    const { lines } = after(added('a'), { kind: 'answered', id: 'a', at: 1 }, { kind: 'answered', id: 'a', at: 9 });

    expect(lines[0]?.answeredAt).toBe(1);
  });

  test('that is over stays as it ended, whatever comes late', () => {
    const { lines } = after(added('a'), { kind: 'over', id: 'a', ending: 'end.busy' },
      { kind: 'changed', id: 'a', change: { stage: 'ringing' } }, { kind: 'over', id: 'a', ending: 'end.lost' });

    expect(lines[0]).toMatchObject({ stage: 'over', ending: 'end.busy' });
  });

  test('leaves alone', () => {
    expect(after(added('a'), added('b'), { kind: 'removed', id: 'a' }).lines.map(({ id }) => id)).toEqual(['b']);
  });
});

describe('of two calls', () => {
  const both = [added('a'), { kind: 'answered', id: 'a', at: 1 }, added('b'), { kind: 'answered', id: 'b', at: 2 }] as const;

  test('the one that is not held is the current, the other one waits', () => {
    const { lines } = after(...both, { kind: 'changed', id: 'a', change: { held: true } });

    const current = currentLine(lines);

    expect(current?.id).toBe('b');
    expect(current && otherTalking(lines, current)?.id).toBe('a');
  });

  test('one that is only being called is current while the other is held', () => {
    const { lines } = after(added('a'), { kind: 'answered', id: 'a', at: 1 }, { kind: 'changed', id: 'a', change: { held: true } }, added('b'));

    expect(currentLine(lines)?.id).toBe('b');
  });

  test('none is current when both are held', () => {
    const held = { held: true };

    expect(currentLine(after(...both, { kind: 'changed', id: 'a', change: held }, { kind: 'changed', id: 'b', change: held }).lines)).toBeNull();
  });
});

test('an offer of a transfer ends with its call', () => {
  const offer = { lineId: 'a', from: '1001', to: '+12025550100' };

  expect(after(added('a'), { kind: 'offered', offer }).offer).toEqual(offer);
  expect(after(added('a'), { kind: 'offered', offer }, { kind: 'over', id: 'a', ending: 'end.over' }).offer).toBeNull();
});

test('a refusal is forgotten with the next connection', () => {
  const refused = after({ kind: 'connection', connection: 'refused', refusal: 'password' });

  expect(refused.refusal).toBe('password');
  expect(reduce(refused, { kind: 'connection', connection: 'registered' }).refusal).toBe('');
});
