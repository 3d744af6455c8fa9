import { Button, CopyButton, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { account } from '../engine';
import { Code } from '../parts/Code';
import type { Account } from '../sip/account';

/** What any SIP phone of this subscriber is set up with. */
export function Setup() {
  const { t } = useI18n();
  const who = useStore(account);
  return (
    <Stack maw={640}>
      <Title order={2} size="h3">{t('phone.setup')}</Title>
      <Text c="dimmed">{t('phone.setup_text')}</Text>
      {who ? <Values who={who} /> : <Skeleton height={240} />}
    </Stack>
  );
}

function Values({ who }: { who: Account }) {
  const { t } = useI18n();
  const proxy = `${who.proxy.host}:${who.proxy.port}`;
  const address = `sip:${who.username}@${who.domain}`;
  return (
    <>
      <Stack gap={6}>
        <Value label={t('phone.setup_user')} text={who.username} />
        <Value label={t('phone.setup_domain')} text={who.domain} />
        <Value label={t('phone.setup_proxy')} text={proxy} />
        <Value label={t('phone.setup_port')} text={String(who.proxy.port)} />
        <Value label={t('phone.setup_transport')} text={who.proxy.transports.map((one) => one.toUpperCase()).join(', ')} />
      </Stack>
      <Text size="sm">{t('phone.setup_password')}</Text>
      <Group align="flex-start" gap="lg">
        <Code text={address} label={t('phone.setup_code', { address })} />
        <Text size="sm" c="dimmed" maw={300}>{t('phone.setup_code_text')}</Text>
      </Group>
    </>
  );
}

function Value({ label, text }: { label: string; text: string }) {
  const { t } = useI18n();
  return (
    <Group className="card tight" justify="space-between" wrap="nowrap" gap="sm">
      <div className="minimal">
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
