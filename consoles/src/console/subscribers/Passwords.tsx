import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { send, type Schemas } from '../../kit/api';
import { Confirm } from '../../kit/Confirm';
import { Copyable } from '../../kit/Copyable';
import { useI18n } from '../../kit/i18n';
import { say } from '../../kit/undo';
import { asSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { TENANT } from '../tenant';

type Subscriber = Pick<Schemas['SubscriberView'], 'id' | 'username'>;
export type Shown = Schemas['PasswordsView'];

/** The only place that ever shows them. */
export function ShownOnce({ subscriber, passwords, onClose }: { subscriber: Subscriber; passwords: Shown; onClose: () => void }) {
  const { t } = useI18n();
  return (
    <Modal attributes={{ header: { role: 'presentation' } }} opened onClose={onClose} closeOnClickOutside={false} title={t('password.of', { name: subscriber.username })}
      closeButtonProps={{ 'aria-label': t('kit.close') }}>
      <Stack gap="sm">
        <Alert color="yellow">{t('password.once')}</Alert>
        {passwords.sip && <Copyable label={t('f.sip_password')} text={passwords.sip} />}
        {passwords.softphone && <Copyable label={t('f.softphone_password')} text={passwords.softphone} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" component={Link} to="/subscribers/setup" search={asSearch({ subscriber: subscriber.id })}>{t('setup.open')}</Button>
          <Button onClick={onClose}>{t('password.copied')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** New ones for a subscriber: phones with the old one are logged out at once. */
export function NewPasswords({ subscriber }: { subscriber: Subscriber }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const [asked, setAsked] = useState<'sip' | 'softphone' | null>(null);
  const [made, setMade] = useState<Shown | null>(null);
  const renew = useMutation({
    mutationFn: (kind: string) => send<Shown>('POST', `${TENANT}/subscribers/${subscriber.id}/passwords`, { body: { [kind]: '' } }),
    onSuccess: setMade,
    onError: (error) => say(tell(error), 'red'),
    onSettled: () => setAsked(null),
  });
  return (
    <div>
      <Text fw={600} mb={4}>{t('password.title_plural')}</Text>
      <Text size="sm" c="dimmed" mb="xs">{t('password.kept')}</Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => setAsked('sip')}>{t('password.new_sip')}</Button>
        <Button size="xs" variant="default" onClick={() => setAsked('softphone')}>{t('password.new_softphone')}</Button>
      </Group>
      <Confirm opened={asked !== null} title={t(asked === 'softphone' ? 'password.new_softphone' : 'password.new_sip')} text={t('password.ends')}
        button={t('password.make')} pending={renew.isPending} onClose={() => setAsked(null)} onConfirm={() => asked && renew.mutate(asked)} />
      {made && <ShownOnce subscriber={subscriber} passwords={made} onClose={() => setMade(null)} />}
    </div>
  );
}
