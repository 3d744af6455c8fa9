import { Button, Group, Modal, Text } from '@mantine/core';
import { useI18n } from './i18n';

interface Props {
  opened: boolean;
  title: string;
  text: string;
  /** What the button does, in a word or two. */
  button: string;
  pending?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Before what can't be undone. */
export function Confirm({ opened, title, text, button, pending = false, onConfirm, onClose }: Props) {
  const { t } = useI18n();
  return (
    <Modal attributes={{ header: { role: 'presentation' } }} opened={opened} onClose={onClose} title={title}
      closeButtonProps={{ 'aria-label': t('kit.close') }}>
      <Text size="sm" mb="md">{text}</Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>{t('kit.cancel')}</Button>
        <Button color="red.9" loading={pending} onClick={onConfirm}>{button}</Button>
      </Group>
    </Modal>
  );
}
