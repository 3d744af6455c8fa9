import { describe, expect, test } from 'vitest';
import {
  compareRates, EVER, isChange, mergeRates, readInstant, readMicros, readRates, SAMPLE, searchRates, writeMicros, writeRates, type Rate,
} from './rates';

const HEADER = 'prefix,rate_per_minute,description,minimum_s,increment_s,delay_s,valid_from,valid_until';
const rate = (prefix: string, change: Partial<Rate> = {}): Rate => ({
  prefix, rate_micros: 10_000, description: '', minimum_s: 0, increment_s: 1, delay_s: 0, valid_from: EVER, valid_until: null, ...change,
});
const faults = (...rows: string[]) => readRates([HEADER, ...rows].join('\n')).faults;

describe('a file of rates', () => {
  test('is read with every field of the API', () => {
    const { rates, faults: wrong } = readRates(`${HEADER}\n+5511,0.0125,Sao Paulo,30,6,3,2026-01-01,2027-01-01T12:00:00Z`);

    expect(wrong).toEqual([]);
    expect(rates).toEqual([rate('+5511', {
      rate_micros: 12_500, description: 'Sao Paulo', minimum_s: 30, increment_s: 6, delay_s: 3, valid_from: '2026-01-01T00:00:00Z', valid_until: '2027-01-01T12:00:00Z',
    })]);
  });

  test('needs nothing but prefix and price, in any order of columns', () => {
    expect(readRates('Rate per minute;Prefix\n0,01;+1').rates).toEqual([rate('+1')]);
  });

  test('that is offered as a template has no faults', () => {
    expect(readRates(SAMPLE).faults).toEqual([]);
    expect(readRates(SAMPLE).rates).toHaveLength(3);
  });

  test('that was downloaded means the same when it is uploaded', () => {
    const present = [rate('+1', { description: 'USA, all' }), rate('+1209', { rate_micros: 1, valid_until: '2027-01-01T00:00:00.000Z' })];

    expect(isChange(compareRates(present, readRates(writeRates(present)).rates))).toBe(false);
  });

  test.each([
    ['1209x,0.1', 'rates.prefix', '1209x'],
    ['+1,free', 'rates.price', 'free'],
    ['+1,"0,1"', 'rates.price', '0,1'],
    ['+1,0.0000001', 'rates.price', '0.0000001'],
    ['+1,-1', 'rates.price', '-1'],
    ['+1,1,,1.5', 'rates.seconds', '1.5'],
    ['+1,1,,,90000', 'rates.seconds', '90000'],
    ['+1,1,,,,,2026-02-30', 'rates.instant', '2026-02-30'],
    ['+1,1,,,,,yesterday', 'rates.instant', 'yesterday'],
    ['+1,1,,,,,2026-01-01,2026-01-01', 'rates.ends_early', '2026-01-01'],
    [`+1,1,${'x'.repeat(101)}`, 'rates.long', 'x'.repeat(20)],
    ['+1,1,,,,,,,too,many', 'rates.cells', 'too, many'],
  ])('with the row %s is told so, with its line', (row, key, value) => {
    expect(faults('+44,1', row)).toEqual([{ line: 3, key, value }]);
  });

  test('tells all faults at once', () => {
    expect(faults('x,1', '+1,y', 'x,y').map(({ line }) => line)).toEqual([2, 3, 4, 4]);
  });

  test('names the line that a repeated prefix has before', () => {
    expect(faults('+1,1', '+2,1', '+1,2')).toEqual([{ line: 4, key: 'rates.twice', value: '2' }]);
  });

  test('may have a prefix twice if the entries begin at different times', () => {
    expect(faults('+1,1', '+1,2,,,,,2030-01-01')).toEqual([]);
  });

  test('without header, without rows or with an unknown column is refused as a whole', () => {
    expect(readRates('+1,0.1').faults).toEqual([{ line: 1, key: 'rates.no_header', value: '' }]);
    expect(readRates(HEADER).faults).toEqual([{ line: 1, key: 'rates.none', value: '' }]);
    expect(readRates('').faults).toEqual([{ line: 1, key: 'rates.none', value: '' }]);
    expect(readRates('prefix,rate_per_minute,colour\n+1,1,red').faults).toEqual([{ line: 1, key: 'rates.unknown_column', value: 'colour' }]);
  });

  test('with more rates than a deck holds names the first that is too many', () => {
    const rows = Array.from({ length: 5001 }, (_, index) => `+${index + 1},1`);

    expect(faults(...rows)).toEqual([{ line: 5002, key: 'rates.too_many', value: '5000' }]);
  });
});

test('an amount is exact: no float is ever in between', () => {
  expect(['0.1', '0.000001', '123456789.123456', '7', '0,25'].map(readMicros)).toEqual([100_000, 1, 123_456_789_123_456, 7_000_000, 250_000]);
  expect([100_000, 1, 123_456_789_123_456, 7_000_000].map(writeMicros)).toEqual(['0.1', '0.000001', '123456789.123456', '7']);
});

test('an instant is a day or has its offset', () => {
  expect(readInstant('2026-03-01')).toBe('2026-03-01T00:00:00Z');
  expect(readInstant('2026-03-01T10:00:00-03:00')).toBe('2026-03-01T10:00:00-03:00');
  expect(readInstant('2026-03-01T10:00:00')).toBeNull();
});

test('two sets of rates are compared by prefix and beginning', () => {
  const before = [rate('+1'), rate('+44'), rate('+55')];
  const after = [rate('+1', { valid_from: '1970-01-01T00:00:00.000Z' }), rate('+44', { rate_micros: 5 }), rate('+49')];

  const { added, changed, lost, same } = compareRates(before, after);

  expect([added.map((one) => one.prefix), changed.map((one) => one.after.rate_micros), lost.map((one) => one.prefix), same]).toEqual([['+49'], [5], ['+55'], 1]);
});

test('a file put over the present rates changes what it names and leaves the rest', () => {
  const merged = mergeRates([rate('+1'), rate('+44')], [rate('+44', { rate_micros: 5 }), rate('+12')]);

  expect(merged.map((one) => [one.prefix, one.rate_micros])).toEqual([['+1', 10_000], ['+12', 10_000], ['+44', 5]]);
});

test('a number finds the rates that may price it, the longest first; a beginning those below it; a word the description', () => {
  const rates = [rate('+1'), rate('+1209'), rate('+44', { description: 'Britain' })];
  const found = (typed: string) => searchRates(rates, typed).map((one) => one.prefix);

  expect(found('+1 (209) 555-0100')).toEqual(['+1209', '+1']);
  expect(found('+12')).toEqual(['+1209', '+1']);
  expect(found('brit')).toEqual(['+44']);
  expect(found('+99')).toEqual([]);
});
