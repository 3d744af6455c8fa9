import { ActionIcon, Button, Fieldset, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { FieldSelect } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import { FormFields, type Fields, type RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { defaultsOf } from '../../kit/rules';

const LIMIT = 100;

/** In the order they are tried. */
export function Rules({ form }: { form: RecordForm }) {
  const { t } = useI18n();
  const rules = form.getValues().rules as Fields[];
  return (
    <Stack>
      <Text fw={600}>{t('f.rules')}</Text>
      <Text size="sm" c="dimmed">{t('dialplan.rules_text')}</Text>
      {rules.map((_, index) => <Rule key={index} form={form} index={index} count={rules.length} />)}
      {rules.length < LIMIT && (
        <Button variant="default" onClick={() => form.insertListItem('rules', defaultsOf('RuleBody'))}>{t('dialplan.add_rule')}</Button>
      )}
    </Stack>
  );
}

function Rule({ form, index, count }: { form: RecordForm; index: number; count: number }) {
  const { t } = useI18n();
  const move = (to: number) => form.reorderListItem('rules', { from: index, to });
  const n = { n: index + 1 };
  return (
    <Fieldset legend={t('dialplan.rule', n)}>
      <FormFields form={form} prefix={`rules.${index}.`}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <FieldText name="name" help="rule_name" />
          <FieldSelect name="kind" options={[{ value: 'number', label: t('o.number') }, { value: 'service', label: t('o.service') }]} />
          <FieldText name="match" required />
          <FieldText name="replacement" />
          <FieldText name="subs" />
        </SimpleGrid>
      </FormFields>
      <Group gap={4} justify="flex-end" mt="xs">
        <ActionIcon variant="default" disabled={index === 0} onClick={() => move(index - 1)} aria-label={t('dialplan.earlier', n)}>↑</ActionIcon>
        <ActionIcon variant="default" disabled={index === count - 1} onClick={() => move(index + 1)} aria-label={t('dialplan.later', n)}>↓</ActionIcon>
        <ActionIcon variant="default" onClick={() => form.removeListItem('rules', index)} aria-label={t('dialplan.remove_rule', n)}>×</ActionIcon>
      </Group>
    </Fieldset>
  );
}
