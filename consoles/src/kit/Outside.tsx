import { Box, Container, Group, Image, Paper, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useStore } from './store';
import { look } from './theme';
import { LanguageChoice } from './LanguageChoice';

/** What is seen before login: the ISP's logo and one thing to do. */
export function Outside({ title, text, wide, children }: { title: string; text?: string; wide?: boolean; children: ReactNode }) {
  useDocumentTitle(title);
  return (
    <Container component="main" size={wide ? 560 : 440} py={{ base: 'md', sm: 60 }}>
      <Box mb="lg"><Logo /></Box>
      <Paper withBorder p={{ base: 'md', sm: 'xl' }} radius="sm">
        <Title order={1} size="h3" mb={text ? 4 : 'md'}>{title}</Title>
        {text && <Text c="dimmed" size="sm" mb="md">{text}</Text>}
        {children}
      </Paper>
      <Group justify="flex-end" mt="sm"><LanguageChoice /></Group>
    </Container>
  );
}

export function Logo() {
  const { logo_url: url } = useStore(look);
  if (url) return <Image src={url} alt="" h={36} w="auto" maw={180} fit="contain" />;
  return <Text fw={700} size="lg">Patchbay</Text>;
}
