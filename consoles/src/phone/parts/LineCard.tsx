import { Button, Group, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useI18n } from '../../kit/i18n';
import { actions } from '../engine';
import { isTalking, otherTalking, type Line } from '../sip/state';
import { clock, peerName } from './names';
import { QualityView } from './QualityView';
import { TransferBox } from './TransferBox';

const NOT_ALLOWED = 405; // the SBC's answer for a carrier's side

/** One call: who, for how long, how it sounds, and what can be done with it. */
export function LineCard({ line, lines }: { line: Line; lines: readonly Line[] }) {
  const { t } = useI18n();
  const name = peerName(line.peer, t);
  const kind = line.stage === 'over' ? 'over' : line.held ? 'held' : 'open';
  return (
    <section className={`card line ${kind}`} aria-label={name} data-stage={line.stage} data-held={line.held}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <div className="minimal">
          <Text fw={700} size="lg" className="anywhere">{name}</Text>
          <Text size="sm" c="dimmed">{line.peer.name && line.peer.number !== line.peer.name ? `${line.peer.number} · ` : ''}<Stage line={line} /></Text>
        </div>
        {isTalking(line) && <Elapsed since={line.answeredAt} />}
      </Group>
      {isTalking(line) && !line.held && <QualityView quality={line.quality} />}
      {line.stage !== 'over' && <Buttons line={line} other={otherTalking(lines, line)} />}
    </section>
  );
}

function Stage({ line }: { line: Line }) {
  const { t } = useI18n();
  if (line.stage === 'over') return t(line.ending as 'end.busy');
  if (line.held) return t('phone.held');
  if (line.heldByPeer) return t('phone.held_by_peer');
  if (line.muted) return t('phone.muted');
  return t(`phone.stage_${line.stage}`);
}

function Elapsed({ since }: { since: number | null }) {
  const { t } = useI18n();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return <Text className="clock" role="timer" aria-label={t('phone.duration')}>{clock(since === null ? 0 : Math.max(0, now - since) / 1000)}</Text>;
}

function Buttons({ line, other }: { line: Line; other: Line | null }) {
  const { t } = useI18n();
  const [transferring, setTransferring] = useState(false);
  const talking = isTalking(line);
  const open = talking && !line.held;
  return (
    <>
      <div className="does">
        {open && <Button variant="default" aria-pressed={line.muted} onClick={() => actions.setMuted(line.id, !line.muted)}>{t(line.muted ? 'phone.unmute' : 'phone.mute')}</Button>}
        {open && <Button variant="default" onClick={() => actions.hold(line.id)}>{t('phone.hold')}</Button>}
        {talking && line.held && <Button variant="default" onClick={() => actions.resume(line.id)}>{t(other && !other.held ? 'phone.swap' : 'phone.resume')}</Button>}
        {open && <Button variant="default" aria-expanded={transferring} onClick={() => setTransferring(!transferring)}>{t('phone.transfer')}</Button>}
      </div>
      {open && transferring && <TransferBox line={line} onDone={() => setTransferring(false)} />}
      {open && other && <Connect line={line} other={other} />}
      <Button color="red.8" fullWidth mt="xs" onClick={() => actions.hangUp(line.id)}>{t('phone.hang_up')}</Button>
      {line.transfer && <TransferState line={line} />}
    </>
  );
}

/** The one who waits is connected with the one who is spoken to: a call to the outside can't be handed over, it can only be transferred. */
function Connect({ line, other }: { line: Line; other: Line }) {
  const { t } = useI18n();
  const names = { one: peerName(other.peer, t), other: peerName(line.peer, t) };
  if (!line.peer.colleague) return <Text size="sm" c="dimmed" mt="xs">{t('phone.connect_outside', { name: names.other })}</Text>;
  return <Button fullWidth mt="xs" className="long" onClick={() => actions.connect(other.id, line.id)}>{t('phone.connect', names)}</Button>;
}

function TransferState({ line: { transfer } }: { line: Line }) {
  const { t } = useI18n();
  if (!transfer) return null;
  const failed = transfer.state === 'failed';
  return (
    <Text size="sm" mt="xs" role={failed ? 'alert' : 'status'} c={failed ? 'red' : undefined}>
      {t(failed ? (transfer.status === NOT_ALLOWED ? 'phone.transfer_outside' : 'phone.transfer_failed') : 'phone.transferring', { to: transfer.to })}
    </Text>
  );
}
