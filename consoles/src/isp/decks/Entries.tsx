import { ActionIcon, Button, Fieldset, Group, Stack, Text } from '@mantine/core';
import { FieldSelect } from '../../kit/fields';
import { FormFields, type Fields, type RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { defaultsOf } from '../../kit/rules';
import { EVER } from './rates';
import { RateFields } from './RateFields';

const LIMIT = 200;
const SERVICES = ['PSTN', 'MOBILE', 'DID', 'TOLLFREE', 'SIP'];

/** Of a service deck: one price for each kind of call, or several that follow each other in time. */
export function Entries({ form }: { form: RecordForm }) {
  const { t } = useI18n();
  const { entries, currency } = form.getValues();
  const present = entries as Fields[];
  const unused = SERVICES.find((service) => !present.some((entry) => entry.service === service)) ?? '';
  return (
    <Stack>
      <Text fw={600}>{t('f.entries')}</Text>
      <Text size="sm" c="dimmed">{t('service_deck.entries_text')}</Text>
      {present.map((_, index) => (
        <Fieldset key={index} legend={t('service_deck.entry', { n: index + 1 })}>
          <FormFields form={form} prefix={`entries.${index}.`}>
            <Stack gap="sm">
              <FieldSelect name="service" options={SERVICES.map((value) => ({ value, label: t(`o.${value}` as 'o.PSTN') }))} required />
              <RateFields currency={String(currency)} />
            </Stack>
          </FormFields>
          {form.errors[`entries.${index}`] && <Text size="xs" c="var(--mantine-color-error)" role="alert" mt="xs">{form.errors[`entries.${index}`]}</Text>}
          <Group justify="flex-end" mt="xs">
            <ActionIcon variant="default" onClick={() => form.removeListItem('entries', index)} aria-label={t('service_deck.remove_entry', { n: index + 1 })}>×</ActionIcon>
          </Group>
        </Fieldset>
      ))}
      {present.length < LIMIT && (
        <Button variant="default" onClick={() => form.insertListItem('entries', { ...defaultsOf('ServiceEntryBody'), valid_from: EVER, rate_micros: null, service: unused })}>
          {t('service_deck.add_entry')}
        </Button>
      )}
    </Stack>
  );
}
