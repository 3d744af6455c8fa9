// A deck's rates as the form and the file have them. Pure: what a file means is decided here, before anything is sent.
import type { Schemas } from '../../kit/api';
import { parseCsv, separatorOf, writeCsv, type CsvRow } from '../../kit/csv';

export type Rate = Required<Omit<Schemas['RateBody'], 'valid_until'>> & { valid_until: string | null };

/** Of a rate that has always been in force. */
export const EVER = '1970-01-01T00:00:00Z';
export const MOST_RATES = 5000;
export const COLUMNS = ['prefix', 'rate_per_minute', 'description', 'minimum_s', 'increment_s', 'delay_s', 'valid_from', 'valid_until'] as const;
type ColumnName = (typeof COLUMNS)[number];

export type RateFaultKey =
  | 'rates.no_header' | 'rates.unknown_column' | 'rates.twice_column' | 'rates.prefix' | 'rates.price' | 'rates.seconds' | 'rates.instant'
  | 'rates.ends_early' | 'rates.twice' | 'rates.long' | 'rates.too_many' | 'rates.none' | 'rates.cells';
export interface RateFault {
  line: number;
  key: RateFaultKey;
  value: string;
}
export interface ReadRates {
  /** Of all rows that are right; used only if there is no fault. */
  rates: Rate[];
  faults: RateFault[];
}

export interface RatesDiff {
  added: Rate[];
  changed: { before: Rate; after: Rate }[];
  lost: Rate[];
  same: number;
}

export const SAMPLE = writeCsv([
  COLUMNS,
  ['+1', '0.01', 'USA and Canada', '0', '1', '0', '', ''],
  ['+1209', '0.008', 'Stockton', '30', '6', '0', '', ''],
  ['+5511', '0.025', 'Sao Paulo', '60', '60', '3', '2026-01-01', '2027-01-01'],
]);

const PREFIX = /^(\+[0-9]{1,15}|[0-9*#]{1,15})$/;
const LONGEST = 86_400;
const MOST_MICROS = 10 ** 15;

/** Two entries of a prefix differ by when they begin. */
export function keyOf(rate: Rate): string {
  return `${rate.prefix} ${Date.parse(rate.valid_from)}`;
}

function isSame(one: Rate, other: Rate): boolean {
  const until = (rate: Rate) => (rate.valid_until ? Date.parse(rate.valid_until) : null);
  return (['rate_micros', 'minimum_s', 'increment_s', 'delay_s', 'description'] as const).every((name) => one[name] === other[name])
    && until(one) === until(other);
}

export function compareRates(before: readonly Rate[], after: readonly Rate[]): RatesDiff {
  const left = new Map(before.map((rate) => [keyOf(rate), rate]));
  const diff: RatesDiff = { added: [], changed: [], lost: [], same: 0 };
  for (const rate of after) {
    const old = left.get(keyOf(rate));
    left.delete(keyOf(rate));
    if (!old) diff.added.push(rate);
    else if (isSame(old, rate)) diff.same += 1;
    else diff.changed.push({ before: old, after: rate });
  }
  diff.lost.push(...left.values());
  return diff;
}

export function isChange({ added, changed, lost }: RatesDiff): boolean {
  return added.length + changed.length + lost.length > 0;
}

/** The present ones with those of a file put over them. */
export function mergeRates(present: readonly Rate[], read: readonly Rate[]): Rate[] {
  return sortRates([...new Map([...present, ...read].map((rate) => [keyOf(rate), rate])).values()]);
}

export function sortRates(rates: readonly Rate[]): Rate[] {
  const order = (one: string, other: string) => (one < other ? -1 : Number(one > other));
  return [...rates].sort((one, other) => order(one.prefix, other.prefix) || Date.parse(one.valid_from) - Date.parse(other.valid_from));
}

/** Of a number those that might price it, longest first; else those that begin so. */
export function searchRates(rates: readonly Rate[], typed: string): Rate[] {
  const text = typed.replace(/[\s()-]/g, '');
  if (!text) return [...rates];
  const over = rates.filter(({ prefix }) => prefix !== text && text.startsWith(prefix));
  const below = rates.filter(({ prefix }) => prefix.startsWith(text));
  const longest = [...over].sort((one, other) => other.prefix.length - one.prefix.length);
  return below.length ? [...below, ...longest] : longest.length ? longest : rates.filter((rate) => rate.description.toLowerCase().includes(typed.toLowerCase()));
}

/** "0.0125" or, with a decimal comma, "0,0125": millionths, exactly; null if it isn't an amount. */
export function readMicros(text: string): number | null {
  const match = /^(\d{1,9})(?:[.,](\d{0,6}))?$/.exec(text);
  return match ? Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0')) : null;
}

export function writeMicros(micros: number): string {
  const [whole, fraction] = [Math.floor(micros / 1_000_000), String(micros % 1_000_000).padStart(6, '0').replace(/0+$/, '')];
  return fraction ? `${whole}.${fraction}` : String(whole);
}

/** A day is its first instant in UTC. Null: it is none. */
export function readInstant(text: string): string | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return isDay(text) ? `${text}T00:00:00Z` : null;
  const whole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  return whole && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)) ? text : null;
}

function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day); // the 30th of February is none
}

function writeInstant(instant: string | null): string {
  if (!instant || Date.parse(instant) === 0) return '';
  const text = new Date(instant).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text;
}

export function writeRates(rates: readonly Rate[]): string {
  const rows = rates.map((rate) => [
    rate.prefix, writeMicros(rate.rate_micros), rate.description, String(rate.minimum_s), String(rate.increment_s), String(rate.delay_s),
    writeInstant(rate.valid_from), writeInstant(rate.valid_until),
  ]);
  return writeCsv([COLUMNS, ...rows]);
}

/** All rates of a file, and everything that is wrong with it, by line. */
export function readRates(text: string): ReadRates {
  const [header, ...rows] = parseCsv(text);
  if (!header) return { rates: [], faults: [{ line: 1, key: 'rates.none', value: '' }] };
  const columns = header.cells.map((cell) => cell.toLowerCase().replace(/[\s-]+/g, '_'));
  const faults = headerFaults(columns);
  if (faults.length) return { rates: [], faults };
  if (rows.length === 0) faults.push({ line: header.line, key: 'rates.none', value: '' });
  if (rows.length > MOST_RATES) faults.push({ line: rows[MOST_RATES]?.line ?? 0, key: 'rates.too_many', value: String(MOST_RATES) });
  const comma = separatorOf(text) !== ',';
  const seen = new Map<string, number>();
  const rates = rows.flatMap((row) => {
    const found = readRow(row, columns as ColumnName[], comma);
    faults.push(...found.faults);
    if (!found.rate) return [];
    const first = seen.get(keyOf(found.rate));
    if (first !== undefined) faults.push({ line: row.line, key: 'rates.twice', value: String(first) });
    else seen.set(keyOf(found.rate), row.line);
    return [found.rate];
  });
  return { rates: sortRates(rates), faults };
}

function headerFaults(columns: string[]): RateFault[] {
  const known = columns.filter((name) => (COLUMNS as readonly string[]).includes(name));
  if (!known.includes('prefix') || !known.includes('rate_per_minute')) return [{ line: 1, key: 'rates.no_header', value: '' }];
  const unknown = columns.filter((name) => name && !known.includes(name));
  const twice = known.filter((name, place) => known.indexOf(name) !== place);
  return [
    ...unknown.map((value): RateFault => ({ line: 1, key: 'rates.unknown_column', value })),
    ...twice.map((value): RateFault => ({ line: 1, key: 'rates.twice_column', value })),
  ];
}

function readRow({ line, cells }: CsvRow, columns: ColumnName[], comma: boolean): { rate: Rate | null; faults: RateFault[] } {
  const faults: RateFault[] = [];
  const text = (name: ColumnName) => cells[columns.indexOf(name)] ?? '';
  const need = <T>(value: T | null, key: RateFaultKey, shown: string): T | null => {
    if (value === null) faults.push({ line, key, value: shown });
    return value;
  };
  const seconds = (name: ColumnName, usual: number) => {
    const given = text(name);
    const value = given === '' ? usual : /^\d{1,5}$/.test(given) && Number(given) <= LONGEST ? Number(given) : null;
    return need(value, 'rates.seconds', given) ?? usual;
  };
  if (cells.slice(columns.length).some(Boolean)) faults.push({ line, key: 'rates.cells', value: cells.slice(columns.length).join(', ') });
  const prefix = need(PREFIX.test(text('prefix')) ? text('prefix') : null, 'rates.prefix', text('prefix'));
  const price = text('rate_per_minute');
  const micros = price.includes(',') && !comma ? null : readMicros(price);
  const rate_micros = need(micros !== null && micros <= MOST_MICROS ? micros : null, 'rates.price', price);
  const description = text('description');
  // eslint-disable-next-line no-control-regex -- the API refuses just these
  if (description.length > 100 || /[\x00-\x1f\x7f]/.test(description)) faults.push({ line, key: 'rates.long', value: description.slice(0, 20) });
  const valid_from = text('valid_from') ? need(readInstant(text('valid_from')), 'rates.instant', text('valid_from')) : EVER;
  const valid_until = text('valid_until') ? need(readInstant(text('valid_until')), 'rates.instant', text('valid_until')) : null;
  if (valid_from && valid_until && Date.parse(valid_until) <= Date.parse(valid_from)) faults.push({ line, key: 'rates.ends_early', value: text('valid_until') });
  const [minimum_s, increment_s, delay_s] = [seconds('minimum_s', 0), seconds('increment_s', 1), seconds('delay_s', 0)];
  if (faults.length || prefix === null || rate_micros === null || valid_from === null) return { rate: null, faults };
  return { rate: { prefix, rate_micros, description, minimum_s, increment_s, delay_s, valid_from, valid_until }, faults };
}
