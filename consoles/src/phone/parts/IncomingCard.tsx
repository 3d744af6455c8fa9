import { Button, Group, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { actions, phoneState } from '../engine';
import { isTalking, type Line } from '../sip/state';
import { peerName } from './names';

/** Somebody calls. The answer has the focus, unless something is being typed. */
export function IncomingCard({ line }: { line: Line }) {
  const { t } = useI18n();
  const busy = useStore(phoneState).lines.some(isTalking);
  const answer = useRef<HTMLButtonElement>(null);
  const name = peerName(line.peer, t);
  useEffect(() => {
    if (!document.activeElement?.matches('input, textarea, select')) answer.current?.focus({ preventScroll: true });
  }, []);
  return (
    <section className="card line ringing" aria-label={t('phone.rings', { name })}>
      <Text fw={700} size="lg" className="anywhere">{name}</Text>
      <Text size="sm" c="dimmed">{line.peer.name && line.peer.number !== line.peer.name ? `${line.peer.number} · ` : ''}{t('phone.stage_incoming')}</Text>
      <Group mt="sm" grow>
        <Button ref={answer} size="md" color="#22702f" onClick={() => void actions.answer(line.id)}>{t(busy ? 'phone.answer_and_hold' : 'phone.answer')}</Button>
        <Button size="md" color="red.8" onClick={() => actions.hangUp(line.id)}>{t('phone.decline')}</Button>
      </Group>
    </section>
  );
}
