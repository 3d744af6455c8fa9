/** The last days up to and including today, in UTC as the API counts: what `GET /v1/usage` is asked for. */
export function lastDays(count: number, now: Date): { from: string; to: string } {
  const day = (back: number) => new Date(now.getTime() - back * 86_400_000).toISOString().slice(0, 10);
  return { from: day(count - 1), to: day(0) };
}

/** Minutes and seconds: 75 s is "1:15". */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
