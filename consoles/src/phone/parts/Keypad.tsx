import { UnstyledButton } from '@mantine/core';
import { soundKey } from '../sip/sounds';

const KEYS: readonly (readonly [key: string, letters: string])[] = [
  ['1', ''], ['2', 'ABC'], ['3', 'DEF'], ['4', 'GHI'], ['5', 'JKL'], ['6', 'MNO'],
  ['7', 'PQRS'], ['8', 'TUV'], ['9', 'WXYZ'], ['*', ''], ['0', '+'], ['#', ''],
];

/** Large keys, each heard when it is pressed. */
export function Keypad({ onPress, label }: { onPress: (key: string) => void; label: string }) {
  const press = (key: string) => {
    soundKey(key);
    onPress(key);
  };
  return (
    <div className="keypad" role="group" aria-label={label}>
      {KEYS.map(([key, letters]) => (
        <UnstyledButton key={key} className="key" onClick={() => press(key)} aria-label={key}>
          <span>{key}</span>
          <small aria-hidden>{letters || ' '}</small>
        </UnstyledButton>
      ))}
    </div>
  );
}
