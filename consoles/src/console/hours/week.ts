// Opening hours as people draw them (intervals on each day of the week) and as the API keeps them (rules).
import type { Schemas } from '../../kit/api';

export type Rule = Required<Schemas['TimeRuleBody']>;
/** Minutes of the local day, end not included. */
export type Interval = readonly [start: number, end: number];
/** Monday first (ISO 8601). */
export type Week = readonly (readonly Interval[])[];

export const DAY = 1440;
export const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** In order, touching ones joined, empty ones dropped. */
export function merge(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.filter(([start, end]) => end > start).sort((one, other) => one[0] - other[0]);
  return sorted.reduce<Interval[]>((found, [start, end]) => {
    const last = found.at(-1);
    if (!last || start > last[1]) return [...found, [start, end]];
    return [...found.slice(0, -1), [last[0], Math.max(last[1], end)]];
  }, []);
}

export function subtract(intervals: readonly Interval[], [from, to]: Interval): Interval[] {
  return merge(intervals.flatMap(([start, end]): Interval[] => [[start, Math.min(end, from)], [Math.max(start, to), end]]));
}

export function isOpen(intervals: readonly Interval[], minute: number): boolean {
  return intervals.some(([start, end]) => start <= minute && minute < end);
}

/** Whether a rule is one that the week grid draws. */
export function isWeekly({ dates, closed }: Rule): boolean {
  return !closed && dates.length === 0;
}

/** What the weekly rules open. An end that isn't later than the start lies on the next day. */
export function weekOf(rules: readonly Rule[]): Week {
  const week: Interval[][] = DAYS.map(() => []);
  for (const { weekdays, start_minute: start, end_minute: end } of rules.filter(isWeekly)) {
    for (const weekday of weekdays) {
      week[weekday - 1]?.push([start, end > start ? end : DAY]);
      if (end <= start) week[weekday % 7]?.push([0, end]);
    }
  }
  return week.map(merge);
}

/** As few rules as there are different intervals. */
export function rulesOf(week: Week): Rule[] {
  const days = new Map<string, number[]>();
  week.forEach((intervals, index) => {
    for (const interval of merge(intervals)) days.set(interval.join(), [...(days.get(interval.join()) ?? []), index + 1]);
  });
  return [...days].map(([key, weekdays]) => {
    const [start_minute = 0, end_minute = DAY] = key.split(',').map(Number);
    return { weekdays, dates: [], start_minute, end_minute, closed: false };
  });
}

export function withDay(week: Week, weekday: number, intervals: readonly Interval[]): Week {
  return week.map((before, index) => (index === weekday - 1 ? merge(intervals) : before));
}

/** "09:00"; the end of the day is "00:00", as no clock shows 24:00. */
export function clock(minute: number): string {
  const within = minute % DAY;
  return `${String(Math.floor(within / 60)).padStart(2, '0')}:${String(within % 60).padStart(2, '0')}`;
}

/** Minutes of "09:00", or null. */
export function minuteOf(text: string): number | null {
  const found = /^(\d{2}):(\d{2})/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

/** Where new hours of a day begin: in the morning, or after what is there. */
export function nextFree(intervals: readonly Interval[]): Interval | null {
  const last = merge(intervals).at(-1);
  if (!last) return [9 * 60, 18 * 60];
  return last[1] + 60 >= DAY ? null : [last[1] + 60, Math.min(DAY, last[1] + 240)];
}
