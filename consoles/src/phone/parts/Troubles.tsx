import { Alert, Button, Group, Text } from '@mantine/core';
import { useState, useSyncExternalStore } from 'react';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { account, microphoneTrouble, phoneState } from '../engine';
import { permission, askPermission } from '../notifying';
import { isSilenced, wakeSound } from '../sip/sounds';
import { isLive } from '../sip/state';

/** What keeps the phone from working, each with what helps. */
export function Troubles() {
  const { t } = useI18n();
  const { connection, refusal } = useStore(phoneState);
  const microphone = useStore(microphoneTrouble);
  const host = useHost();
  return (
    <>
      {connection === 'lost' && <Alert color="yellow" role="alert" mb="sm" title={t('phone.is_lost')}>{t('phone.lost_text', { host })}</Alert>}
      {connection === 'refused' && refusal && <Alert color="red" role="alert" mb="sm" title={t('phone.is_refused')}>{t(`phone.refused_${refusal}`)}</Alert>}
      {microphone && <Alert color="red" role="alert" mb="sm" title={t(`phone.mic_${microphone}`)}>{t(`phone.mic_${microphone}_text`)}</Alert>}
      <Silenced />
      <Notifying />
    </>
  );
}

function useHost(): string {
  const { websocket_url: url = '' } = useStore(account) ?? {};
  return URL.canParse(url) ? new URL(url).host : '';
}

/** A browser lets a page ring only after somebody touched it. */
function Silenced() {
  const { t } = useI18n();
  const rings = useStore(phoneState).lines.some((line) => line.stage === 'incoming');
  const [woken, setWoken] = useState(0);
  if (!rings || !isSilenced()) return null;
  return (
    <Alert color="yellow" mb="sm" key={woken}>
      <Group justify="space-between">
        <Text size="sm">{t('phone.silenced')}</Text>
        <Button size="xs" variant="default" onClick={() => void wakeSound().then(() => setWoken(woken + 1))}>{t('phone.sound_on')}</Button>
      </Group>
    </Alert>
  );
}

function Notifying() {
  const { t } = useI18n();
  const may = useSyncExternalStore(permission.subscribe, permission.get);
  const busy = useStore(phoneState).lines.some(isLive);
  const registered = useStore(phoneState).connection === 'registered';
  const [later, setLater] = useState(false);
  if (may !== 'default' || busy || later || !registered) return null;
  return (
    <Group className="card tight" justify="space-between" mb="sm" gap="xs">
      <Text size="sm">{t('phone.notify_text')}</Text>
      <Group gap="xs">
        <Button size="xs" onClick={askPermission}>{t('phone.notify')}</Button>
        <Button size="xs" variant="default" onClick={() => setLater(true)}>{t('phone.not_now')}</Button>
      </Group>
    </Group>
  );
}
