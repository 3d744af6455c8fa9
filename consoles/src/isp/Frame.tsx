import { ActionIcon, AppShell, Box, Burger, Button, Group, NavLink, Stack, Text, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure, useDocumentTitle } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useI18n } from '../kit/i18n';
import { logOut, session } from '../kit/session';
import { useStore } from '../kit/store';
import { applyLookOf } from '../kit/theme';
import { say } from '../kit/undo';
import { useProblemText } from '../kit/useProblemText';
import { LanguageChoice } from './LanguageChoice';
import { LogInAgain } from './LogInAgain';
import { meQuery } from './me';
import { Logo } from './Outside';

const PAGES = [
  ['/', 'nav.home'], ['/carriers', 'carrier.title'], ['/dialplans', 'dialplan.title'], ['/plans', 'service_plan.title'],
  ['/customers', 'customer.title'], ['/numbers', 'number.title'], ['/domains', 'domain.title'], ['/sbcs', 'sbc.title'],
  ['/tenants', 'tenant.title'], ['/calls', 'call.title'], ['/users', 'user.title'], ['/settings', 'settings.title'],
] as const;

export function Frame() {
  const { t } = useI18n();
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const { data: me } = useQuery(meQuery);
  const namespace = me?.isp?.namespace;
  const current = PAGES.find(([path]) => path === pathname) ?? PAGES[0];
  useDocumentTitle(`${t(current[1])} - ${me?.isp?.company ?? 'Patchbay'}`);
  useEffect(() => {
    if (namespace) void applyLookOf(namespace);
  }, [namespace]);
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap" gap="sm">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('kit.menu')} />
            <Logo />
            <Text visibleFrom="sm" fw={600}>{me?.isp?.company}</Text>
          </Group>
          <Tools />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('kit.menu')}>
        <Stack gap={2}>
          {PAGES.map(([path, title]) => (
            <NavLink key={path} component={Link} to={path} label={t(title)} active={path === pathname} onClick={close}
              aria-current={path === pathname ? 'page' : undefined} variant="filled" />
          ))}
        </Stack>
        <Box hiddenFrom="sm" mt="md"><LanguageChoice /></Box>
      </AppShell.Navbar>
      <AppShell.Main><Outlet /></AppShell.Main>
      {useStore(session).status === 'expired' && <LogInAgain />}
    </AppShell>
  );
}

function Tools() {
  const { t } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const leave = async () => {
    const problem = await logOut().catch((error: unknown) => error);
    if (problem) {
      say(tell(problem), 'red');
      return;
    }
    queries.clear();
    await navigate({ to: '/login' });
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <Box visibleFrom="sm"><LanguageChoice /></Box>
      <ActionIcon variant="default" size={30} aria-label={t(scheme === 'dark' ? 'kit.light' : 'kit.dark')}
        onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>{scheme === 'dark' ? '☀' : '☾'}</ActionIcon>
      <Button variant="default" size="xs" onClick={() => void leave()}>{t('kit.log_out')}</Button>
    </Group>
  );
}
