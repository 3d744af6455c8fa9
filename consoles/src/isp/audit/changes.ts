export interface Change {
  field: string;
  before: string;
  after: string;
}

// Every change moves these
const NOISE = new Set(['version', 'updated_at', 'created_at', 'last_login_at', 'sessions_from']);

/** The fields that differ, as texts; what was made or removed has all of its fields on one side. */
export function changesBetween(before: unknown, after: unknown): Change[] {
  if (!isRecord(before) && !isRecord(after)) {
    const [old, now] = [tell(before), tell(after)];
    return old === now ? [] : [{ field: '', before: old, after: now }];
  }
  const [old, now] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((field) => !NOISE.has(field));
  return fields.map((field) => ({ field, before: tell(old[field]), after: tell(now[field]) })).filter((change) => change.before !== change.after);
}

/** What the entry is about: its name, or what identifies it. */
export function subjectOf(before: unknown, after: unknown): string {
  const found = { ...(isRecord(before) ? before : {}), ...(isRecord(after) ? after : {}) };
  const known = ['name', 'full_name', 'domain', 'username', 'number', 'numbers'].map((field) => tell(found[field])).find(Boolean);
  return known ?? '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
