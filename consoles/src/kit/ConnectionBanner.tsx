import { Alert } from '@mantine/core';
import { useEffect } from 'react';
import { useI18n } from './i18n';
import { connected, reach } from './session';
import { useStore } from './store';

const EVERY_MS = 3000;

/** Says that the API can't be reached, and asks until it can. Nothing on the page is touched meanwhile. */
export function ConnectionBanner() {
  const { t } = useI18n();
  const up = useStore(connected);
  useEffect(() => {
    if (up) return undefined;
    const timer = setInterval(() => void reach(new Request('/v1/health')).catch(() => undefined), EVERY_MS);
    return () => clearInterval(timer);
  }, [up]);
  if (up) return null;
  return (
    <Alert color="yellow" variant="filled" autoContrast radius={0} role="alert" className="banner">
      {t('kit.connection_lost')}
    </Alert>
  );
}
