import { Alert, Paper, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../kit/api';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { useProblemText } from '../../kit/useProblemText';
import type { Rule } from './week';

const EVERY_MS = 30_000;

/** Asks the API about the hours as they stand in the form, saved or not. */
export function OpenNow({ form }: { form: RecordForm }) {
  const { t, language } = useI18n();
  const tell = useProblemText();
  const [at, setAt] = useState('');
  const { time_zone: zone, rules } = form.getValues() as { time_zone: string; rules: Rule[] };
  const [body] = useDebouncedValue({ time_zone: zone, rules, at }, 250);
  const test = useQuery({
    queryKey: ['date-range-test', body],
    queryFn: () => take(api.POST('/v1/date-range-tests', { body })),
    enabled: body.time_zone !== '',
    placeholderData: keepPreviousData,
    refetchInterval: at ? false : EVERY_MS,
    retry: false,
  });
  const found = test.data;
  const instant = new Intl.DateTimeFormat(language, { weekday: 'short', dateStyle: undefined, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone || 'UTC' });
  return (
    <Paper withBorder p="sm" radius="sm">
      <TextInput type="datetime-local" label={t('hours.try')} description={t('hours.try_text')} value={at} onChange={(event) => setAt(event.currentTarget.value.slice(0, 16))} />
      <div aria-live="polite">
        {!zone && <Text size="sm" c="dimmed" mt="xs">{t('hours.zone_first')}</Text>}
        {test.error && <Alert color="red" mt="xs">{tell(test.error)}</Alert>}
        {zone && found && (
          <Alert mt="xs" color={found.open ? 'green' : 'red'} title={t(openTitle(found.open, at !== ''))}>
            {found.next_change_at ? t(found.open ? 'hours.until' : 'hours.opens', { when: instant.format(new Date(found.next_change_at)) }) : t('hours.stays')}
          </Alert>
        )}
      </div>
    </Paper>
  );
}

function openTitle(open: boolean, isMoment: boolean): 'hours.open_then' | 'hours.closed_then' | 'hours.open_now' | 'hours.closed_now' {
  if (isMoment) return open ? 'hours.open_then' : 'hours.closed_then';
  return open ? 'hours.open_now' : 'hours.closed_now';
}
