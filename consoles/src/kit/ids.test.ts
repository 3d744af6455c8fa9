import { expect, test } from 'vitest';
import { timeOf } from './ids';

test('an id tells when its record was made', () => {
  expect(timeOf('call_01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBe('2016-07-30T23:54:10.259Z'); // the example of the ULID specification
});
