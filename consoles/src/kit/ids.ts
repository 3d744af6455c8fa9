const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; // Crockford's base 32

/** When a record with this id was made, RFC 3339: an id begins with its time (docs/interfaces.md). */
export function timeOf(id: string): string {
  const [, text = ''] = id.split('_');
  const ms = text.slice(0, 10).split('').reduce((sum, digit) => sum * 32 + Math.max(0, DIGITS.indexOf(digit)), 0);
  return new Date(ms).toISOString();
}
