import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

const SHOWN_MS = 10_000;

/** Says what was done, with a button that takes it back. */
export function offerUndo({ text, undo, onUndo }: { text: string; undo: string; onUndo: () => Promise<unknown> }): void {
  const id = notifications.show({
    autoClose: SHOWN_MS,
    withCloseButton: false,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{text}</Text>
        <Button size="xs" variant="default" onClick={() => void onUndo().then(() => notifications.hide(id))}>{undo}</Button>
      </Group>
    ),
  });
}

export function say(text: string, color = 'brand'): void {
  notifications.show({ message: text, color, withCloseButton: false });
}
