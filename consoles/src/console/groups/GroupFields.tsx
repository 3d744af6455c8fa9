import { Alert, Paper, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take, type Schemas } from '../../kit/api';
import { FieldTags } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { Problem } from '../../kit/problem';
import { CountryChoice, useCountries } from './CountryChoice';

const PREFIX = /^\+[1-9]\d{0,14}$/;
const NUMBER = /^\+[1-9]\d{5,14}$/;

/** What is asked of the tester: half-typed prefixes are left out. */
function useTest(form: RecordForm, number: string) {
  const { countries, prefixes } = form.getValues() as { countries: string[]; prefixes: string[] };
  const [body] = useDebouncedValue({ countries, prefixes: prefixes.filter((one) => PREFIX.test(one)), number: NUMBER.test(number) ? number : null }, 250);
  return useQuery({
    queryKey: ['security-group-test', body],
    queryFn: () => take(api.POST('/v1/security-group-tests', { body })),
    placeholderData: keepPreviousData,
    retry: (count, error) => !(error instanceof Problem) && count < 2,
  });
}

export function GroupFields({ form }: { form: RecordForm }) {
  const [typed, setTyped] = useState('');
  const number = typed.replace(/[\s().-]/g, '');
  const test = useTest(form, number);
  const counts = new Map(test.data?.choices.map((one) => [one.country, one.prefixes]));
  return (
    <>
      <FieldText name="name" help="group_name" required />
      <CountryChoice counts={counts} />
      <FieldTags name="prefixes" />
      <Tester typed={typed} onType={setTyped} isNumber={NUMBER.test(number)} verdict={test.data?.number ?? null} />
    </>
  );
}

interface TesterProps {
  typed: string;
  onType: (text: string) => void;
  isNumber: boolean;
  verdict: Schemas['NumberVerdictView'] | null;
}

/** Tries the group as it stands in the form, saved or not. */
function Tester({ typed, onType, isNumber, verdict }: TesterProps) {
  const { t } = useI18n();
  return (
    <Paper withBorder p="sm" radius="sm">
      <TextInput label={t('group.try')} description={t('group.try_text')} type="tel" value={typed} onChange={(event) => onType(event.currentTarget.value)} />
      <div aria-live="polite">
        {typed && !isNumber && <Text size="sm" c="dimmed" mt="xs">{t('group.whole_number')}</Text>}
        {isNumber && verdict && <Verdict verdict={verdict} />}
      </div>
    </Paper>
  );
}

function Verdict({ verdict }: { verdict: Schemas['NumberVerdictView'] }) {
  const { t } = useI18n();
  const country = useCountries().find((one) => one.country === verdict.country);
  if (!verdict.allowed) return <Alert color="red" mt="xs" title={t('group.refused')}>{t('group.refused_text')}</Alert>;
  return (
    <Alert color="green" mt="xs" title={t('group.allowed')}>
      {country ? t('group.by_country', { prefix: verdict.prefix, name: country.label }) : t('group.by_prefix', { prefix: verdict.prefix })}
    </Alert>
  );
}
