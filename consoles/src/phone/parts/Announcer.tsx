import { useDocumentTitle } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { phoneState } from '../engine';
import { notify } from '../notifying';
import { isLive, type Line } from '../sip/state';
import { peerName } from './names';

/** Says to a screen reader what happens to the calls, and to the window's title and the desktop who rings. */
export function Announcer() {
  const { t } = useI18n();
  const { lines } = useStore(phoneState);
  const text = lines.map((line) => sentence(line, t)).join(' ');
  const ringing = lines.find((line) => line.stage === 'incoming');
  const talking = lines.find(isLive);
  useDocumentTitle(ringing ? t('phone.rings', { name: peerName(ringing.peer, t) }) : talking ? `${peerName(talking.peer, t)} - ${t('phone.title')}` : t('phone.title'));
  useNotification(ringing);
  return <div className="unseen" role="status" aria-live="polite" data-announcer>{text}</div>;
}

type Translate = ReturnType<typeof useI18n>['t'];

function sentence(line: Line, t: Translate): string {
  const name = peerName(line.peer, t);
  if (line.stage === 'over') return `${name}: ${t(line.ending as 'end.busy')}`;
  if (line.stage === 'incoming') return t('phone.rings', { name });
  if (line.stage !== 'talking') return `${name}: ${t(`phone.stage_${line.stage}`)}`;
  if (line.held) return `${name}: ${t('phone.held')}`;
  return `${name}: ${t(line.heldByPeer ? 'phone.held_by_peer' : 'phone.stage_talking')}${line.muted ? ` ${t('phone.muted')}` : ''}`;
}

function useNotification(ringing: Line | undefined): void {
  const { t } = useI18n();
  const shown = useRef<{ id: string; close: () => void } | null>(null);
  useEffect(() => {
    if (shown.current && shown.current.id !== ringing?.id) {
      shown.current.close();
      shown.current = null;
    }
    if (ringing && !shown.current) shown.current = { id: ringing.id, close: notify(ringing, t('phone.rings', { name: peerName(ringing.peer, t) })) };
  }, [ringing, t]);
}
