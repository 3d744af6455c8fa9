import { Alert, Group, Paper, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take, type Schemas } from '../../kit/api';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { useProblemText } from '../../kit/useProblemText';

/** Tries the rules as they stand in the form, saved or not. */
export function RuleTester({ form }: { form: RecordForm }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const [dialled, setDialled] = useState('');
  const [area, setArea] = useState('');
  const { country_code: country, rules } = form.getValues();
  const [body] = useDebouncedValue({ dialled: dialled.trim(), area_code: area, country_code: country, rules }, 250);
  const tried = useQuery({
    queryKey: ['dialplan-test', body],
    queryFn: () => take(api.POST('/v1/dialplan-tests', { body: body as never })),
    enabled: body.dialled !== '',
    retry: false,
  });
  return (
    <Paper withBorder p="sm" radius="sm">
      <Text fw={600} mb="xs">{t('dialplan.try')}</Text>
      <SimpleGrid cols={2}>
        <TextInput label={t('dialplan.dialled')} value={dialled} onChange={(event) => setDialled(event.currentTarget.value)} />
        <TextInput label={t('dialplan.area_code')} value={area} onChange={(event) => setArea(event.currentTarget.value)} />
      </SimpleGrid>
      <div aria-live="polite">
        {body.dialled === '' && <Text size="sm" c="dimmed" mt="xs">{t('dialplan.try_text')}</Text>}
        {tried.data && body.dialled && <Verdict verdict={tried.data} />}
        {tried.error && body.dialled && <Alert color="red" mt="xs">{tell(tried.error)}</Alert>}
      </div>
    </Paper>
  );
}

function Verdict({ verdict }: { verdict: Schemas['DialplanTestView'] }) {
  const { t } = useI18n();
  const { result, rule_index: index } = verdict;
  const rule = index === null ? t('dialplan.no_rule') : t('dialplan.fired', { n: index + 1, name: verdict.rule_name });
  return (
    <Alert mt="xs" color={result.refusal ? 'red' : 'green'} title={result.refusal ? t('dialplan.refused') : result.number}>
      <Text size="sm">{rule}</Text>
      {result.refusal && <Text size="sm">{result.detail || result.refusal}</Text>}
      {verdict.groups.length > 0 && (
        <Group gap={6} mt={4}>
          {verdict.groups.map((group, place) => <Text key={place} span size="sm" className="group mono">{`$${place + 1} = ${group}`}</Text>)}
        </Group>
      )}
    </Alert>
  );
}
