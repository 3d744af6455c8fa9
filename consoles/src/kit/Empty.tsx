import { Button, Stack, Text, Title } from '@mantine/core';

/** A list without rows teaches in one sentence what would be in it, and offers the one thing to do. */
export function Empty({ title, text, action, onAction }: { title: string; text: string; action?: string; onAction?: () => void }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center" className="empty">
      <Title order={2} size="h4">{title}</Title>
      <Text c="dimmed" maw={480}>{text}</Text>
      {action && <Button onClick={onAction} mt="xs">{action}</Button>}
    </Stack>
  );
}
