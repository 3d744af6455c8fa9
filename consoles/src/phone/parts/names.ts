import type { useI18n } from '../../kit/i18n';
import type { Peer } from '../sip/state';

type Translate = ReturnType<typeof useI18n>['t'];

/** Who it is, for people. */
export function peerName({ name, number }: Peer, t: Translate): string {
  return name || number || t('phone.anonymous');
}

/** 65 -> 1:05 */
export function clock(seconds: number): string {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
