import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { account, actions } from '../engine';
import { readDialled } from '../sip/dialling';
import type { Line } from '../sip/state';
import { PeerInput } from './PeerInput';

/** To whom the call goes: at once, or after a word with them. */
export function TransferBox({ line, onDone }: { line: Line; onDone: () => void }) {
  const { t } = useI18n();
  const domain = useStore(account)?.domain ?? '';
  const [text, setText] = useState('');
  const [fault, setFault] = useState('');
  const act = (work: (dialled: string) => void) => {
    const dialled = readDialled(text, domain);
    setFault(dialled ? '' : t('phone.not_dialable'));
    if (!dialled) return;
    work(dialled);
    onDone();
  };
  const submit = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    act((dialled) => actions.transfer(line.id, dialled));
  };
  return (
    <form onSubmit={submit} className="transfer">
      <PeerInput label={t('phone.transfer_to')} value={text} onChange={setText} onChoose={setText} error={fault} />
      <Group gap="xs" mt="xs" grow wrap="nowrap" className="twins">
        <Button type="submit">{t('phone.transfer_now')}</Button>
        <Button variant="default" onClick={() => act((dialled) => void actions.call(dialled))}>{t('phone.ask_first')}</Button>
      </Group>
      <Text size="xs" c="dimmed" mt={4}>{t('phone.transfer_help')}</Text>
    </form>
  );
}
