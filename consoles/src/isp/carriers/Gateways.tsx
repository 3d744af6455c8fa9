import { ActionIcon, Button, Fieldset, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { FieldChoices, FieldLongText, FieldNumber, FieldSelect, FieldSwitch, FieldTags } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import { FormFields, type Fields, type RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { defaultsOf } from '../../kit/rules';

const LIMIT = 10;

/** In the order they are tried. */
export function Gateways({ form }: { form: RecordForm }) {
  const { t } = useI18n();
  const gateways = form.getValues().gateways as (Fields & { gateway_id?: string })[];
  return (
    <Stack>
      <Text fw={600}>{t('f.gateways')}</Text>
      <Text size="sm" c="dimmed">{t('carrier.gateways_text')}</Text>
      {gateways.map((gateway, index) => (
        <Fieldset key={gateway.gateway_id || index} legend={t('carrier.gateway', { n: index + 1 })}>
          <Order form={form} index={index} count={gateways.length} />
          <FormFields form={form} prefix={`gateways.${index}.`}><GatewayFields /></FormFields>
        </Fieldset>
      ))}
      {gateways.length < LIMIT && (
        <Button variant="default" onClick={() => form.insertListItem('gateways', defaultsOf('GatewayBody'))}>{t('carrier.add_gateway')}</Button>
      )}
    </Stack>
  );
}

function Order({ form, index, count }: { form: RecordForm; index: number; count: number }) {
  const { t } = useI18n();
  const move = (to: number) => form.reorderListItem('gateways', { from: index, to });
  const n = { n: index + 1 };
  return (
    <Group gap={4} justify="flex-end">
      <ActionIcon variant="default" disabled={index === 0} onClick={() => move(index - 1)} aria-label={t('carrier.earlier', n)}>↑</ActionIcon>
      <ActionIcon variant="default" disabled={index === count - 1} onClick={() => move(index + 1)} aria-label={t('carrier.later', n)}>↓</ActionIcon>
      <ActionIcon variant="default" onClick={() => form.removeListItem('gateways', index)} aria-label={t('carrier.remove_gateway', n)}>×</ActionIcon>
    </Group>
  );
}

function GatewayFields() {
  const { t, find } = useI18n();
  const option = (value: string) => ({ value, label: find(`o.${value}`) || value });
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <FieldText name="name" help="gateway_name" required />
        <FieldText name="host" required />
        <FieldNumber name="port" required />
        <FieldSelect name="transport" options={['udp', 'tcp', 'tls'].map(option)} />
      </SimpleGrid>
      <details>
        <summary>{t('carrier.numbers')}</summary>
        <SimpleGrid cols={{ base: 1, sm: 2 }} mt="xs">
          <FieldNumber name="outbound_strip" />
          <FieldText name="outbound_prefix" />
          <FieldNumber name="inbound_strip" />
          <FieldText name="inbound_prefix" />
          <FieldSelect name="apply_to" options={['e164', 'original'].map(option)} />
        </SimpleGrid>
      </details>
      <details>
        <summary>{t('carrier.caller')}</summary>
        <SimpleGrid cols={{ base: 1, sm: 2 }} mt="xs">
          <FieldText name="display" />
          <FieldText name="source_user" />
          <FieldText name="source_domain" />
          <FieldSwitch name="add_pai" />
        </SimpleGrid>
      </details>
      <details>
        <summary>{t('carrier.more')}</summary>
        <Stack mt="xs">
          <FieldChoices name="codecs" options={['PCMU', 'PCMA', 'G722', 'opus'].map(option)} />
          <FieldTags name="networks" />
          <FieldNumber name="source_port" />
          <FieldLongText name="attributes" />
        </Stack>
      </details>
    </Stack>
  );
}
