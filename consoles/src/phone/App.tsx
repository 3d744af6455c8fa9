import { Alert, Button, Container } from '@mantine/core';
import { Component, lazy, Suspense, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { ConnectionBanner } from '../kit/ConnectionBanner';
import { useI18n } from '../kit/i18n';
import { refreshSession, session } from '../kit/session';
import { useStore } from '../kit/store';
import { useProblemText } from '../kit/useProblemText';
import { Login } from './pages/Login';
import { followHistory, go, place } from './place';

const PhoneFrame = lazy(() => import('./PhoneFrame').then((found) => ({ default: found.PhoneFrame })));
const History = lazy(() => import('./pages/History').then((found) => ({ default: found.History })));
const PAGES: Record<string, ComponentType> = {
  '/': History,
  '/history': History,
  '/contacts': lazy(() => import('./pages/Contacts').then((found) => ({ default: found.Contacts }))),
  '/sound': lazy(() => import('./pages/Sound').then((found) => ({ default: found.Sound }))),
  '/setup': lazy(() => import('./pages/Setup').then((found) => ({ default: found.Setup }))),
};

/** The login, or the phone for whoever is logged in as a subscriber. */
export function App() {
  const { status, role } = useStore(session);
  const { path } = useStore(place);
  const [trouble, setTrouble] = useState<unknown>(null);
  const renew = () => void refreshSession().then(() => setTrouble(null), setTrouble);
  useEffect(() => {
    followHistory();
    renew();
  }, []);
  const known = PAGES[path];
  const isIn = (status === 'in' && role === 'subscriber') || status === 'expired';
  useEffect(() => {
    if (isIn && !known) go('/', { replace: true });
  }, [isIn, known]);
  const Page = known ?? History;
  return (
    <>
      <ConnectionBanner />
      <Boundary>
        {trouble && status === 'unknown' ? <Broken error={trouble} onAgain={renew} /> : isIn ? (
          <Suspense fallback={null}>
            <PhoneFrame><Suspense fallback={null}><Page /></Suspense></PhoneFrame>
          </Suspense>
        ) : status !== 'unknown' && <Login />}
      </Boundary>
    </>
  );
}

function Broken({ error, onAgain }: { error: unknown; onAgain: () => void }) {
  const { t } = useI18n();
  const tell = useProblemText();
  return (
    <Container size="xs" py="xl" component="main">
      <Alert color="red" role="alert" mb="md">{tell(error)}</Alert>
      <Button onClick={onAgain}>{t('kit.try_again')}</Button>
    </Container>
  );
}

class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error ? <Broken error={this.state.error} onAgain={() => location.reload()} /> : this.props.children;
  }
}
