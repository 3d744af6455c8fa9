import { describe, expect, test } from 'vitest';
import { labelled, linePath, makeTicks } from './scale';

describe('the ticks of an axis', () => {
  test.each([
    [7, [0, 2, 4, 6, 8]],
    [100, [0, 50, 100]],
    [1, [0, 0.5, 1]],
    [0.3, [0, 0.1, 0.2, 0.3]],
    [1_234, [0, 500, 1000, 1500]],
  ])('up to %d are round numbers', (largest, ticks) => {
    expect(makeTicks(largest)).toEqual(ticks);
  });

  test('are there without any value too', () => {
    expect(makeTicks(0)).toEqual([0, 1]);
    expect(makeTicks(NaN)).toEqual([0, 1]);
  });

  test.each([3, 19, 250, 9_999, 0.07])('never end below %d', (largest) => {
    expect(makeTicks(largest).at(-1)).toBeGreaterThanOrEqual(largest);
  });
});

test('of many days the last is always named, and no more than fit', () => {
  expect(labelled(30, 300)).toEqual([5, 13, 21, 29]);
  expect(labelled(3, 600)).toEqual([0, 1, 2]);
  expect(labelled(0, 300)).toEqual([]);
});

test('a day without a value is a gap in the line, and one alone is still a point of it', () => {
  expect(linePath([[0, 1], [10, 2], null, [30, 4]])).toBe('M0.0 1.0L10.0 2.0M30.0 4.0');
});
