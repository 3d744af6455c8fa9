import { Button, CopyButton, Group, Text } from '@mantine/core';
import { useI18n } from './i18n';

/** A value that is to be typed somewhere else. */
export function Copyable({ label, text }: { label: string; text: string }) {
  const { t } = useI18n();
  return (
    <Group className="card tight" justify="space-between" wrap="nowrap" gap="sm">
      <div>
        <Text size="xs" c="dimmed">{label}</Text>
        <Text className="mono" size="sm">{text}</Text>
      </div>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" flex="none" onClick={copy} aria-label={`${t('kit.copy')}: ${label}`}>{t(copied ? 'kit.copied' : 'kit.copy')}</Button>
        )}
      </CopyButton>
    </Group>
  );
}
