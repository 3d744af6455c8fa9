import { Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { Copyable } from '../../kit/Copyable';
import { useI18n } from '../../kit/i18n';
import { QrCode } from '../../kit/QrCode';
import { useStore } from '../../kit/store';
import { account } from '../engine';
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
        <Copyable label={t('phone.setup_user')} text={who.username} />
        <Copyable label={t('phone.setup_domain')} text={who.domain} />
        <Copyable label={t('phone.setup_proxy')} text={proxy} />
        <Copyable label={t('phone.setup_port')} text={String(who.proxy.port)} />
        <Copyable label={t('phone.setup_transport')} text={who.proxy.transports.map((one) => one.toUpperCase()).join(', ')} />
      </Stack>
      <Text size="sm">{t('phone.setup_password')}</Text>
      <Group align="flex-start" gap="lg">
        <QrCode text={address} label={t('phone.setup_code', { address })} />
        <Text size="sm" c="dimmed" maw={300}>{t('phone.setup_code_text')}</Text>
      </Group>
    </>
  );
}
