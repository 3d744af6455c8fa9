import { ActionIcon, Button, Stack, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { account, actions, phoneState } from '../engine';
import { readDialled } from '../sip/dialling';
import { Keypad } from './Keypad';
import { PeerInput } from './PeerInput';
import { useTypedKeys } from './useTypedKeys';

/** A name, an alias or a number: typed, pasted, pressed or chosen. */
export function Dialler({ onCalled }: { onCalled: () => void }) {
  const { t } = useI18n();
  const domain = useStore(account)?.domain ?? '';
  const registered = useStore(phoneState).connection === 'registered';
  const [text, setText] = useState('');
  const [fault, setFault] = useState('');
  const add = useCallback((key: string) => setText((before) => before + key), []);
  useTypedKeys(add, true);
  const change = (next: string) => {
    setText(next);
    setFault('');
  };
  const call = (wanted: string) => {
    const dialled = readDialled(wanted, domain);
    if (!dialled) {
      setFault(t('phone.not_dialable'));
      return;
    }
    void actions.call(dialled).then(() => {
      change('');
      onCalled();
    });
  };
  const submit = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    if (registered) call(text);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <PeerInput label={t('phone.dial')} value={text} onChange={change} onChoose={(found) => (registered ? call(found) : change(found))} error={fault}
          right={text && <ActionIcon variant="subtle" color="gray" aria-label={t('phone.erase')} onClick={() => change(text.slice(0, -1))}>⌫</ActionIcon>} />
        <Keypad onPress={(key) => change(text + key)} label={t('phone.dial_keys')} />
        <Button type="submit" size="lg" color="#22702f" className="call" disabled={!registered || !text.trim()}>{t('phone.call')}</Button>
        {!registered && <Text size="sm" c="dimmed" ta="center">{t('phone.not_ready')}</Text>}
      </Stack>
    </form>
  );
}
