import { ActionIcon, Button, Chip, Fieldset, Group, Pill, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { clock, DAY, isWeekly, minuteOf, type Rule } from './week';
import { weekdayNames } from './WeekGrid';

const HOLIDAY: Rule = { weekdays: [], dates: [], start_minute: 0, end_minute: DAY, closed: true };

/** Holidays, special days, and what is closed every week. */
export function Exceptions({ form }: { form: RecordForm }) {
  const { t } = useI18n();
  const rules = form.getValues().rules as Rule[];
  const weekly = rules.filter(isWeekly);
  const others = rules.filter((rule) => !isWeekly(rule));
  const change = (next: Rule[]) => form.setFieldValue('rules', [...weekly, ...next]);
  return (
    <Stack gap="sm">
      <div>
        <Text fw={600}>{t('hours.dates')}</Text>
        <Text size="sm" c="dimmed">{t('hours.dates_text')}</Text>
      </div>
      {others.map((rule, index) => (
        <Exception key={index} rule={rule} n={index + 1} onChange={(next) => change(others.map((one, place) => (place === index ? next : one)))}
          onRemove={() => change(others.filter((_, place) => place !== index))} />
      ))}
      <Group gap="xs"><Button size="xs" variant="default" onClick={() => change([...others, HOLIDAY])}>{t('hours.add_dates')}</Button></Group>
    </Stack>
  );
}

interface ExceptionProps {
  rule: Rule;
  n: number;
  onChange: (rule: Rule) => void;
  onRemove: () => void;
}

function Exception({ rule, n, onChange, onRemove }: ExceptionProps) {
  const { t, language } = useI18n();
  const isWhole = rule.start_minute === 0 && rule.end_minute === DAY;
  const names = weekdayNames(language, 'short');
  return (
    <Fieldset legend={t('hours.exception', { n })} className="exception">
      <Stack gap="xs">
        <Group justify="space-between">
          <SegmentedControl size="xs" aria-label={t('hours.kind')} value={rule.closed ? 'closed' : 'open'}
            data={[{ value: 'closed', label: t('hours.closed') }, { value: 'open', label: t('hours.open'), disabled: rule.dates.length === 0 }]}
            onChange={(kind) => onChange({ ...rule, closed: kind === 'closed' })} />
          <ActionIcon variant="default" aria-label={t('hours.remove_exception', { n })} onClick={onRemove}>×</ActionIcon>
        </Group>
        {rule.dates.length === 0 && rule.weekdays.length > 0 ? (
          <Chip.Group multiple value={rule.weekdays.map(String)} onChange={(days) => onChange({ ...rule, weekdays: days.map(Number).sort() })}>
            <Group gap={4}>{names.map((name, index) => <Chip key={name} size="xs" value={String(index + 1)}>{name}</Chip>)}</Group>
          </Chip.Group>
        ) : <Dates dates={rule.dates} onChange={(dates) => (dates.length || rule.closed ? onChange({ ...rule, dates }) : onRemove())} />}
        <Group gap="xs">
          <SegmentedControl size="xs" aria-label={t('hours.how_long')} value={isWhole ? 'day' : 'hours'}
            data={[{ value: 'day', label: t('hours.whole_day') }, { value: 'hours', label: t('hours.some_hours') }]}
            onChange={(kind) => onChange({ ...rule, ...(kind === 'day' ? { start_minute: 0, end_minute: DAY } : { start_minute: 540, end_minute: 720 }) })} />
          {!isWhole && (
            <Group gap={4} wrap="nowrap">
              <Time label={t('hours.from')} minute={rule.start_minute} onChange={(start) => onChange({ ...rule, start_minute: start })} />
              <span aria-hidden>–</span>
              <Time label={t('hours.to')} minute={rule.end_minute} onChange={(end) => onChange({ ...rule, end_minute: end || DAY })} />
            </Group>
          )}
        </Group>
      </Stack>
    </Fieldset>
  );
}

function Time({ label, minute, onChange }: { label: string; minute: number; onChange: (minute: number) => void }) {
  const [text, setText] = useState(clock(minute));
  const found = minuteOf(text);
  return (
    <TextInput type="time" size="xs" aria-label={label} value={text} error={found === null} onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => { if (found !== null) onChange(found); }} />
  );
}

function Dates({ dates, onChange }: { dates: readonly string[]; onChange: (dates: string[]) => void }) {
  const { t, language } = useI18n();
  const [next, setNext] = useState('');
  const name = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const add = () => {
    if (next) onChange([...new Set([...dates, next])].sort());
    setNext('');
  };
  return (
    <Stack gap="xs">
      <Group gap="xs" align="end">
        <TextInput type="date" size="xs" label={t('hours.date')} value={next} onChange={(event) => setNext(event.currentTarget.value)} />
        <Button size="xs" variant="default" disabled={!next} onClick={add}>{t('hours.add_date')}</Button>
      </Group>
      {dates.length === 0 && <Text size="sm" c="dimmed">{t('hours.no_date')}</Text>}
      <Group gap={4}>
        {dates.map((day) => (
          <Pill key={day} withRemoveButton removeButtonProps={{ 'aria-label': t('hours.remove_date', { day: name.format(new Date(day)) }), 'aria-hidden': false, tabIndex: 0 }}
            onRemove={() => onChange(dates.filter((one) => one !== day))}>{name.format(new Date(day))}</Pill>
        ))}
      </Group>
    </Stack>
  );
}
