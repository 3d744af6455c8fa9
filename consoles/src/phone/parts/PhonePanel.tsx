import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { actions, phoneState } from '../engine';
import { currentLine, isTalking } from '../sip/state';
import { Dialler } from './Dialler';
import { IncomingCard } from './IncomingCard';
import { Keypad } from './Keypad';
import { LineCard } from './LineCard';
import { useTypedKeys } from './useTypedKeys';

/** The calls, and the keys: for dialling, or for the call that is being spoken in. */
export function PhonePanel() {
  const { t } = useI18n();
  const { lines, offer } = useStore(phoneState);
  const [adding, setAdding] = useState(false);
  const current = currentLine(lines);
  const speaking = current && isTalking(current) ? current : null;
  const dials = !current || (adding && speaking !== null);
  return (
    <Stack gap="sm">
      <div className="lines">
        {lines.map((line) => (line.stage === 'incoming' ? <IncomingCard key={line.id} line={line} /> : <LineCard key={line.id} line={line} lines={lines} />))}
        {offer && (
          <Group className="card tight" role="alertdialog" aria-label={t('phone.offer_title')} justify="space-between" gap="xs">
            <Text size="sm">{t('phone.offer', { from: offer.from, to: offer.to })}</Text>
            <Group gap="xs">
              <Button size="xs" onClick={() => actions.answerOffer(true)}>{t('phone.offer_yes')}</Button>
              <Button size="xs" variant="default" onClick={() => actions.answerOffer(false)}>{t('phone.offer_no')}</Button>
            </Group>
          </Group>
        )}
      </div>
      <div className="keys">
        {dials ? <Dialler onCalled={() => setAdding(false)} /> : speaking && <CallKeys key={speaking.id} id={speaking.id} onAdd={() => setAdding(true)} />}
        {dials && speaking && <Button variant="default" fullWidth mt="xs" onClick={() => setAdding(false)}>{t('phone.back_to_keys')}</Button>}
      </div>
    </Stack>
  );
}

function CallKeys({ id, onAdd }: { id: string; onAdd: () => void }) {
  const { t } = useI18n();
  const [sent, setSent] = useState('');
  const press = (key: string) => {
    actions.press(id, key);
    setSent((before) => (before + key).slice(-24));
  };
  useTypedKeys(press, true);
  return (
    <Stack gap="xs">
      <Text className="sent" aria-label={t('phone.sent_keys')} role="img">{sent || ' '}</Text>
      <Keypad onPress={press} label={t('phone.call_keys')} />
      <Button variant="default" onClick={onAdd}>{t('phone.add_call')}</Button>
    </Stack>
  );
}
