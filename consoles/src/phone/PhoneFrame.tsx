import { Alert, Box, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import type { Key } from '../locales/dictionary';
import { useI18n } from '../kit/i18n';
import { LanguageChoice } from '../kit/LanguageChoice';
import { LeaveButton } from '../kit/LeaveButton';
import { meQuery } from '../kit/me';
import { Logo } from '../kit/Outside';
import { SchemeChoice } from '../kit/SchemeChoice';
import { session } from '../kit/session';
import { useStore } from '../kit/store';
import { applyLookOf } from '../kit/theme';
import { useProblemText } from '../kit/useProblemText';
import { account, loadAccount, phoneState, renewPhone, startPhone, stopPhone } from './engine';
import { useInstallable } from './installing';
import { LoginForm } from './pages/Login';
import { Announcer } from './parts/Announcer';
import { Elsewhere } from './parts/Elsewhere';
import { PhonePanel } from './parts/PhonePanel';
import { Standing } from './parts/Standing';
import { Troubles } from './parts/Troubles';
import { Go } from './parts/Go';
import { go, place } from './place';
import { askForTurn, giveUpTurn, turn } from './sip/turn';

const PAGES: readonly { to: string; title: Key }[] = [
  { to: '/', title: 'phone.title' },
  { to: '/history', title: 'phone.history' },
  { to: '/contacts', title: 'phone.contacts' },
  { to: '/sound', title: 'phone.sound' },
  { to: '/setup', title: 'phone.setup_short' },
];

const AGAIN_MS = 5_000;

/** The phone on the left, a page beside it; on a small screen one after the other, with the calls above all. */
export function PhoneFrame({ children }: { children: ReactNode }) {
  const { path: pathname } = useStore(place);
  const mine = useStore(turn) === 'mine';
  const trouble = usePhone(mine);
  useLook();
  useInstallable();
  const tell = useProblemText();
  const { t } = useI18n();
  return (
    <>
      <Header />
      <Announcer />
      {useStore(session).status === 'expired' && <Expired />}
      <Box component="main" className={pathname === '/' ? 'phone at-keypad' : 'phone'}>
        <Box component="section" className="panel" aria-labelledby="panel">
          <h1 id="panel" className="unseen">{t('phone.title')}</h1>
          {trouble ? <Alert color="red" role="alert">{tell(trouble)}</Alert> : null}
          {useStore(turn) === 'elsewhere' ? <Elsewhere /> : (
            <>
              <Troubles />
              <PhonePanel />
            </>
          )}
        </Box>
        <Box className="page">{children}</Box>
      </Box>
      <Group component="footer" hiddenFrom="sm" justify="flex-end" p="sm"><LanguageChoice /></Group>
    </>
  );
}

/** The phone runs while this tab has the turn; it is tried again until the API answers. */
function usePhone(mine: boolean): unknown {
  const [trouble, setTrouble] = useState<unknown>(null);
  const { status } = useStore(session);
  useEffect(askForTurn, []);
  useEffect(() => {
    if (!mine) {
      stopPhone();
      return undefined;
    }
    if (status !== 'in') return undefined;
    return keepTrying(startPhone, setTrouble);
  }, [mine, status]);
  // history and contacts are there in a tab that isn't the phone too
  useEffect(() => (mine || status !== 'in' ? undefined : keepTrying(loadAccount, setTrouble)), [mine, status]);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => phoneState.get().lines.some((line) => line.stage === 'talking') && event.preventDefault();
    window.addEventListener('beforeunload', ask);
    window.addEventListener('pagehide', stopPhone);
    return () => {
      window.removeEventListener('beforeunload', ask);
      window.removeEventListener('pagehide', stopPhone);
    };
  }, []);
  return trouble;
}

function keepTrying(work: () => Promise<unknown>, tell: (trouble: unknown) => void): () => void {
  const attempt = () => void work().then(() => tell(null), tell);
  attempt();
  const timer = setInterval(attempt, AGAIN_MS);
  return () => clearInterval(timer);
}

function useLook(): void {
  const { data: me } = useQuery(meQuery);
  const namespace = me?.isp?.namespace;
  useEffect(() => {
    if (namespace) void applyLookOf(namespace);
  }, [namespace]);
}

function Header() {
  const { t } = useI18n();
  const { path: pathname } = useStore(place);
  const who = useStore(account);
  return (
    <header className="head">
      <Group justify="space-between" wrap="nowrap" px="md" py={8} gap="sm">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Logo />
          {who && <Text size="sm" fw={600} truncate>{who.display_name || who.username}{who.alias ? ` · ${who.alias}` : ''}</Text>}
        </Group>
        <Group gap="xs" wrap="nowrap">
          <Standing />
          <Box visibleFrom="sm"><LanguageChoice /></Box>
          <SchemeChoice />
          <Leave />
        </Group>
      </Group>
      <nav aria-label={t('kit.menu')} className="tabs">
        {PAGES.map(({ to, title }) => (
          <Go key={to} to={to} className="tab" aria-current={pathname === to ? 'page' : undefined}>{t(title)}</Go>
        ))}
      </nav>
    </header>
  );
}

function Leave() {
  const [trouble, setTrouble] = useState('');
  const leave = () => {
    stopPhone();
    giveUpTurn();
    account.set(null);
    go('/');
  };
  return (
    <>
      {trouble && <Text role="alert" size="xs" c="red">{trouble}</Text>}
      <LeaveButton onLeft={leave} onTrouble={setTrouble} />
    </>
  );
}

/** The session is over; calls go on, and what is on the page stays. */
function Expired() {
  const { t } = useI18n();
  const who = useStore(account);
  return (
    <Box className="expired" role="region" aria-label={t('phone.again')}>
      <Stack gap="xs" maw={420}>
        <Text fw={600}>{t('phone.again')}</Text>
        <Text size="sm">{t('phone.again_text')}</Text>
        <LoginForm fixed={who ? `${who.username}@${who.domain}` : ''} onSuccess={renewPhone} />
      </Stack>
    </Box>
  );
}
