import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useRef, useState, type PointerEvent } from 'react';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { clock, DAY, DAYS, isOpen, isWeekly, merge, minuteOf, nextFree, rulesOf, subtract, weekOf, withDay, type Interval, type Rule, type Week } from './week';

const STEP = 30; // minutes that a drag snaps to; the fields take any minute

export function weekdayNames(language: string, weekday: 'long' | 'short' = 'long'): string[] {
  const name = new Intl.DateTimeFormat(language, { weekday, timeZone: 'UTC' });
  return DAYS.map((day) => name.format(new Date(Date.UTC(2024, 0, day)))); // 1 January 2024 was a Monday
}

/** Hours of each weekday: drawn with a pointer, or typed. */
export function WeekGrid({ form }: { form: RecordForm }) {
  const { t, language } = useI18n();
  const rules = form.getValues().rules as Rule[];
  const week = weekOf(rules);
  const change = (next: Week) => form.setFieldValue('rules', [...rulesOf(next), ...rules.filter((rule) => !isWeekly(rule))]);
  return (
    <div>
      <Text fw={600}>{t('hours.week')}</Text>
      <Text size="sm" c="dimmed" mb="xs">{t('hours.week_text')}</Text>
      <Stack gap="xs">
        {weekdayNames(language).map((name, index) => (
          <Day key={name} name={name} intervals={week[index] ?? []} onChange={(intervals) => change(withDay(week, index + 1, intervals))} />
        ))}
      </Stack>
      <Button size="xs" variant="default" mt="xs" disabled={!week[0]?.length} onClick={() => change(week.map((day, index) => (index < 5 ? week[0] ?? day : day)))}>
        {t('hours.copy_monday')}
      </Button>
    </div>
  );
}

interface DayProps {
  name: string;
  intervals: readonly Interval[];
  onChange: (intervals: readonly Interval[]) => void;
}

function Day({ name, intervals, onChange }: DayProps) {
  const { t } = useI18n();
  const free = nextFree(intervals);
  const replace = (index: number, next: Interval) => onChange(intervals.map((one, place) => (place === index ? next : one)));
  return (
    <div role="group" aria-label={name} className="day">
      <Text size="sm" fw={600}>{name}</Text>
      <Bar intervals={intervals} onChange={onChange} />
      <Group gap="xs" className="day-hours">
        {intervals.length === 0 && <Text size="sm" c="dimmed">{t('hours.closed')}</Text>}
        {intervals.map((interval, index) => (
          <Hours key={`${index}-${interval.join()}`} interval={interval} name={name} onChange={(next) => replace(index, next)}
            onRemove={() => onChange(intervals.filter((_, place) => place !== index))} />
        ))}
        {free && <ActionIcon variant="default" aria-label={t('hours.add_to', { day: name })} onClick={() => onChange([...intervals, free])}>+</ActionIcon>}
      </Group>
    </div>
  );
}

interface HoursProps {
  interval: Interval;
  name: string;
  onChange: (interval: Interval) => void;
  onRemove: () => void;
}

/** Taken over when both fields are left: half a time is no time, and sorting the day would move what is being typed in. */
function Hours({ interval: [start, end], name, onChange, onRemove }: HoursProps) {
  const { t } = useI18n();
  const [from, setFrom] = useState(clock(start));
  const [to, setTo] = useState(clock(end));
  const first = minuteOf(from);
  const last = minuteOf(to) || DAY;
  const wrong = first === null || last <= first;
  const take = () => {
    if (!wrong && (first !== start || last !== end)) onChange([first, last]);
  };
  return (
    <Group gap={4} wrap="nowrap" onBlur={(event) => { if (!event.currentTarget.contains(event.relatedTarget)) take(); }}
      onKeyDown={(event) => { if (event.key === 'Enter') take(); }}>
      <TextInput type="time" size="xs" aria-label={t('hours.from_of', { day: name })} value={from} error={wrong} onChange={(event) => setFrom(event.currentTarget.value)} />
      <span aria-hidden>–</span>
      <TextInput type="time" size="xs" aria-label={t('hours.to_of', { day: name })} value={to} error={wrong} onChange={(event) => setTo(event.currentTarget.value)} />
      <ActionIcon variant="default" aria-label={t('hours.remove_of', { day: name, from: clock(start), to: clock(end) })} onClick={onRemove}>×</ActionIcon>
    </Group>
  );
}

/** The day from midnight to midnight. A drag from a closed half hour opens, one from an open half hour closes. */
function Bar({ intervals, onChange }: Omit<DayProps, 'name'>) {
  const bar = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ first: number; last: number; opens: boolean } | null>(null);
  const stepAt = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(DAY / STEP - 1, Math.floor(((event.clientX - left) / width) * (DAY / STEP)))) * STEP;
  };
  const drawn = (): readonly Interval[] => {
    if (!drag) return intervals;
    const range: Interval = [Math.min(drag.first, drag.last), Math.max(drag.first, drag.last) + STEP];
    return drag.opens ? merge([...intervals, range]) : subtract(intervals, range);
  };
  const begin = (event: PointerEvent) => {
    bar.current?.setPointerCapture(event.pointerId);
    const first = stepAt(event);
    setDrag({ first, last: first, opens: !isOpen(intervals, first) });
  };
  return (
    <div ref={bar} className="day-bar" aria-hidden onPointerDown={begin} onPointerCancel={() => setDrag(null)}
      onPointerMove={(event) => drag && setDrag({ ...drag, last: stepAt(event) })}
      onPointerUp={() => { if (drag) onChange(drawn()); setDrag(null); }}>
      {drawn().map(([start, end]) => <i key={start} style={{ left: `${(start / DAY) * 100}%`, width: `${((end - start) / DAY) * 100}%` }} />)}
      {[6, 12, 18].map((hour) => <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>{hour}</span>)}
    </div>
  );
}
