import { expect, test } from 'vitest';
import { clock, DAY, isOpen, merge, minuteOf, nextFree, rulesOf, subtract, weekOf, withDay, type Rule } from './week';

const rule = (fields: Partial<Rule>): Rule => ({ weekdays: [], dates: [], start_minute: 0, end_minute: DAY, closed: false, ...fields });
const NOTHING = [[], [], [], [], [], [], []];

test('a week of several intervals becomes as few rules as there are, and comes back the same', () => {
  const office = [[540, 720], [780, 1080]] as const;
  const week = [office, office, office, office, [[540, 720]] as const, [], []];

  const rules = rulesOf(week);

  expect(rules).toEqual([
    rule({ weekdays: [1, 2, 3, 4, 5], start_minute: 540, end_minute: 720 }),
    rule({ weekdays: [1, 2, 3, 4], start_minute: 780, end_minute: 1080 }),
  ]);
  expect(weekOf(rules)).toEqual(week);
});

test('hours past midnight are drawn on both days, from Sunday on Monday', () => {
  const week = weekOf([rule({ weekdays: [7], start_minute: 1320, end_minute: 360 })]);

  expect(week[6]).toEqual([[1320, DAY]]);
  expect(week[0]).toEqual([[0, 360]]);
});

test('a rule without hours of its own is the whole day', () => {
  expect(weekOf([rule({ weekdays: [6] })])[5]).toEqual([[0, DAY]]);
});

test('what is closed or about dates is no part of the week', () => {
  expect(weekOf([rule({ weekdays: [1], closed: true }), rule({ dates: ['2026-12-25'] })])).toEqual(NOTHING);
});

test('touching intervals are one, and empty ones none', () => {
  expect(merge([[720, 780], [540, 720], [800, 800]])).toEqual([[540, 780]]);
});

test('taking hours away may leave two intervals', () => {
  expect(subtract([[540, 1080]], [720, 780])).toEqual([[540, 720], [780, 1080]]);
});

test('the end of an interval is not open any more', () => {
  expect([539, 540, 1079, 1080].map((minute) => isOpen([[540, 1080]], minute))).toEqual([false, true, true, false]);
});

test('changing a day leaves the others', () => {
  expect(withDay(NOTHING, 3, [[540, 1080]])).toEqual([[], [], [[540, 1080]], [], [], [], []]);
});

test('clocks show the end of the day as midnight', () => {
  expect([0, 545, DAY].map(clock)).toEqual(['00:00', '09:05', '00:00']);
  expect(['09:05', '', '23:59'].map(minuteOf)).toEqual([545, null, 1439]);
});

test('more hours come after those of the day, while there is room', () => {
  expect([nextFree([]), nextFree([[540, 720]]), nextFree([[540, 1400]])]).toEqual([[540, 1080], [780, 960], null]);
});
