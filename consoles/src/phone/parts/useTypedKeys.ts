import { useEffect } from 'react';
import { soundKey } from '../sip/sounds';

const FIELDS = 'input, textarea, select, [contenteditable]';
const KEY = /^[0-9*#]$/;

/** What is typed anywhere on the page but into a field. `sounds`: each key is heard. */
export function useTypedKeys(onKey: (key: string) => void, sounds: boolean): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const typesText = event.target instanceof Element && event.target.closest(FIELDS) !== null;
      if (typesText || event.ctrlKey || event.metaKey || event.altKey || !KEY.test(event.key)) return;
      event.preventDefault();
      if (sounds) soundKey(event.key);
      onKey(event.key);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [onKey, sounds]);
}
