import { Alert, Button, Container } from '@mantine/core';
import { Outlet, type ErrorComponentProps } from '@tanstack/react-router';
import { ConnectionBanner } from './ConnectionBanner';
import { useI18n } from './i18n';
import { useProblemText } from './useProblemText';

export function Root() {
  return (
    <>
      <ConnectionBanner />
      <Outlet />
    </>
  );
}

export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useI18n();
  const tell = useProblemText();
  return (
    <Container size="xs" py="xl" component="main">
      <Alert color="red" role="alert" mb="md">{tell(error)}</Alert>
      <Button onClick={reset}>{t('kit.try_again')}</Button>
    </Container>
  );
}
