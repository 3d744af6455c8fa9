import { expect, test } from 'vitest';
import { whyNotAnswered, whyOver } from './endings';

test.each([
  [486, 'end.busy'], [600, 'end.busy'], [404, 'end.not_found'], [480, 'end.unavailable'], [403, 'end.not_allowed'],
  [603, 'end.declined'], [503, 'end.trouble'], [502, 'end.trouble'], [488, 'end.media'], [410, 'end.unavailable'],
])('a call refused with %i is told as %s', (status, key) => {
  expect(whyNotAnswered('out', { cause: 'Rejected', status, byUs: false })).toBe(key);
});

test('who gave up first is told', () => {
  expect(whyNotAnswered('out', { cause: 'Canceled', status: 0, byUs: true })).toBe('end.cancelled');
  expect(whyNotAnswered('in', { cause: 'Canceled', status: 0, byUs: false })).toBe('end.missed');
  expect(whyNotAnswered('in', { cause: 'Rejected', status: 0, byUs: true })).toBe('end.you_declined');
});

test('a lost connection is no hang-up', () => {
  expect(whyOver({ cause: 'Terminated', status: 0, byUs: true })).toBe('end.you_hung_up');
  expect(whyOver({ cause: 'Terminated', status: 0, byUs: false })).toBe('end.they_hung_up');
  expect(whyOver({ cause: 'Dialog Error', status: 0, byUs: true })).toBe('end.lost');
  expect(whyNotAnswered('out', { cause: 'Connection Error', status: 0, byUs: true })).toBe('end.connection');
});
