import { queryOptions } from '@tanstack/react-query';
import { send } from './api';
import type { Fields } from './formContext';
import { defaultsOf, type SchemaName } from './rules';

export { listQuery, type Page } from './lists';

export interface RecordView {
  id: string;
  version: number;
}

/** A kind of record: where it lives and what it is made of. */
export interface Resource {
  path: `/v1/${string}`;
  /** Of the texts: `carrier.title`, `carrier.empty`, .. */
  noun: 'carrier' | 'dialplan' | 'service_plan' | 'customer' | 'tenant' | 'user' | 'domain' | 'rate_deck' | 'service_deck' | 'subscriber' | 'group' | 'hours';
  schema: SchemaName;
  /** Fields that are sent when a record is made and never afterwards. */
  fixed?: readonly string[];
}

export function recordQuery<V>(path: string, id: string) {
  return queryOptions({ queryKey: [path, 'one', id], queryFn: () => send<V>('GET', `${path}/${id}`) });
}

/** What a form of this kind edits: the record's own values, or those a new one begins with. */
export function formValues({ schema }: Resource, record: RecordView | null): Fields {
  const blank = defaultsOf(schema);
  if (!record) return blank;
  const stored = record as unknown as Fields;
  return Object.fromEntries(Object.entries(blank).map(([name, value]) => [name, stored[name] ?? value]));
}

/** The fields whose values differ, as a merge patch. */
export function changesBetween(before: Fields, after: Fields, fixed: readonly string[] = []): Fields {
  const changed = Object.entries(after).filter(
    ([name, value]) => !fixed.includes(name) && JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  return Object.fromEntries(changed);
}
