import { Store } from '../kit/store';
import type { Line } from './sip/state';

type Permission = NotificationPermission | 'absent';

const exists = typeof Notification !== 'undefined';
export const permission = new Store<Permission>(exists ? Notification.permission : 'absent');

export function askPermission(): void {
  if (exists) void Notification.requestPermission().then(permission.set);
}

/** Beside the ringing, when nobody looks at this page. Closes itself with the call: the answer is a function that does. */
export function notify(line: Line, title: string): () => void {
  if (permission.get() !== 'granted' || document.hasFocus()) return () => undefined;
  try {
    const shown = new Notification(title, { body: line.peer.number, tag: line.id, icon: '/static/phone/icon-192.png', requireInteraction: true });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    return () => shown.close();
  } catch {
    return () => undefined; // Android has none for pages
  }
}
