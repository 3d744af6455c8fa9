import { expect, test } from 'vitest';
import { clock, lastDays } from './days';

test('the last days end with today, over the end of a month and at any time zone of the browser', () => {
  expect(lastDays(7, new Date('2026-03-03T23:59:00Z'))).toEqual({ from: '2026-02-25', to: '2026-03-03' });
  expect(lastDays(1, new Date('2026-01-01T00:00:00Z'))).toEqual({ from: '2026-01-01', to: '2026-01-01' });
});

test('a length is told in minutes and seconds', () => {
  expect([0, 59.6, 75, 3_600].map(clock)).toEqual(['0:00', '1:00', '1:15', '60:00']);
});
