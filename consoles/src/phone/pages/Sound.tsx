import { Alert, Button, Group, NativeSelect, Progress, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { canChooseSpeaker, choose, chosen, listDevices, MicrophoneError, openMicrophone, play, stopStream, type MicrophoneTrouble } from '../sip/devices';
import { testTone, watchLevel } from '../sip/sounds';

/** Which microphone and speaker, and whether they work. */
export function Sound() {
  const { t } = useI18n();
  const [checks, setChecks] = useState(0);
  const { microphone } = useStore(chosen);
  return (
    <Stack maw={520}>
      <Title order={2} size="h3">{t('phone.sound')}</Title>
      <DeviceChoice kind="audioinput" checks={checks} />
      <MicrophoneCheck key={microphone} onOpened={() => setChecks(checks + 1)} />
      {canChooseSpeaker ? <DeviceChoice kind="audiooutput" checks={checks} /> : <Text size="sm" c="dimmed">{t('phone.no_speaker_choice')}</Text>}
      <SpeakerCheck />
    </Stack>
  );
}

function DeviceChoice({ kind, checks }: { kind: 'audioinput' | 'audiooutput'; checks: number }) {
  const { t } = useI18n();
  const field = kind === 'audioinput' ? 'microphone' : 'speaker';
  const value = useStore(chosen)[field];
  const [found, setFound] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
    const list = () => void listDevices(kind).then(setFound);
    list();
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    mediaDevices?.addEventListener('devicechange', list);
    return () => mediaDevices?.removeEventListener('devicechange', list);
  }, [kind, checks]);
  const data = [{ value: '', label: t('phone.usual_device') }, ...found.map((one, index) => ({ value: one.deviceId, label: one.label || t('phone.device', { n: index + 1 }) }))];
  return (
    <NativeSelect label={t(`phone.${field}`)} value={data.some((one) => one.value === value) ? value : ''} data={data}
      onChange={(event) => choose({ [field]: event.currentTarget.value })} />
  );
}

function MicrophoneCheck({ onOpened }: { onOpened: () => void }) {
  const { t } = useI18n();
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [level, setLevel] = useState(0);
  const [trouble, setTrouble] = useState<MicrophoneTrouble | null>(null);
  const heard = useRef(false);
  useEffect(() => {
    if (!stream) return undefined;
    const stop = watchLevel(stream, (now) => {
      heard.current ||= now > 0.35;
      setLevel(now);
    });
    return () => {
      stop();
      stopStream(stream);
    };
  }, [stream]);
  const open = () => {
    heard.current = false;
    setTrouble(null);
    openMicrophone().then((opened) => {
      setStream(opened);
      onOpened();
    }, (error: unknown) => setTrouble(error instanceof MicrophoneError ? error.trouble : 'busy'));
  };
  return (
    <Stack gap="xs" className="card">
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600}>{t('phone.mic_check')}</Text>
        <Button variant="default" size="xs" flex="none" onClick={stream ? () => setStream(null) : open}>{t(stream ? 'phone.mic_check_stop' : 'phone.mic_check_start')}</Button>
      </Group>
      {trouble && <Alert color="red" role="alert" title={t(`phone.mic_${trouble}`)}>{t(`phone.mic_${trouble}_text`)}</Alert>}
      {stream && (
        <>
          <Progress value={level * 100} aria-label={t('phone.level')} size="lg" transitionDuration={80} />
          <Text size="sm" role="status">{t(level > 0.35 ? 'phone.level_good' : 'phone.level_silent')}</Text>
        </>
      )}
    </Stack>
  );
}

function SpeakerCheck() {
  const { t } = useI18n();
  const [played, setPlayed] = useState(false);
  const sound = () => void play(testTone(), new Audio()).then(() => setPlayed(true));
  return (
    <Stack gap="xs" className="card">
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600}>{t('phone.speaker_check')}</Text>
        <Button variant="default" size="xs" flex="none" onClick={sound}>{t('phone.speaker_play')}</Button>
      </Group>
      {played && <Text size="sm" role="status">{t('phone.speaker_text')}</Text>}
    </Stack>
  );
}
