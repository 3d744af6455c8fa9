import { expect, test } from 'vitest';
import { changesBetween, subjectOf } from './changes';

test('a change is told by the fields that differ', () => {
  const before = { name: 'Old', version: 1, updated_at: 1, suspended: false, networks: ['a'] };
  const after = { name: 'New', version: 2, updated_at: 2, suspended: true, networks: ['a'] };

  expect(changesBetween(before, after)).toEqual([
    { field: 'name', before: 'Old', after: 'New' },
    { field: 'suspended', before: 'false', after: 'true' },
  ]);
});

test('what was made has nothing before, what was removed nothing after', () => {
  expect(changesBetween(null, { name: 'New', tags: ['a', 'b'] })).toEqual([{ field: 'name', before: '', after: 'New' }, { field: 'tags', before: '', after: 'a, b' }]);
  expect(changesBetween({ number: '+1' }, null)).toEqual([{ field: 'number', before: '+1', after: '' }]);
});

test('lists are told as they are', () => {
  expect(changesBetween([{ leg: 'b1' }], [{ leg: 'b1', state: 'rated' }])).toEqual([{ field: '', before: '[{"leg":"b1"}]', after: '[{"leg":"b1","state":"rated"}]' }]);
  expect(changesBetween(null, null)).toEqual([]);
});

test('an entry is about what has a name in it', () => {
  expect(subjectOf({ name: 'Old' }, { name: 'New' })).toBe('New');
  expect(subjectOf(null, { numbers: ['+1', '+2'] })).toBe('+1, +2');
  expect(subjectOf(null, { id: 'usr_1' })).toBe('');
});
