import { AppShell, Box, Burger, Group, NavLink, Stack, Text } from '@mantine/core';
import { useDisclosure, useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { Fragment, useEffect, type ReactNode } from 'react';
import type { Key } from '../locales/dictionary';
import { useI18n } from './i18n';
import { LanguageChoice } from './LanguageChoice';
import { LeaveButton } from './LeaveButton';
import { LogInAgain } from './LogInAgain';
import { meQuery } from './me';
import { Logo } from './Outside';
import { SchemeChoice } from './SchemeChoice';
import { session } from './session';
import { useStore } from './store';
import { applyLookOf } from './theme';
import { say } from './undo';

export interface PageLink {
  to: string;
  title: Key;
  /** The heading above this page and those that follow, until the next heading. */
  heading?: Key;
}

interface Props {
  pages: readonly PageLink[];
  /** Beside the logo: what is being looked at. */
  name: string | undefined;
  /** Before language and colours. */
  tools?: ReactNode;
  /** Across the top of each page. */
  banner?: ReactNode;
  leave?: ReactNode;
}

/** Header, menu and page of a console that somebody is logged in to. */
export function Frame({ pages, name, tools, banner, leave = <LogOut /> }: Props) {
  const { t } = useI18n();
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const { data: me } = useQuery(meQuery);
  const namespace = me?.isp?.namespace;
  const isCurrent = (to: string) => to === pathname || (to !== '/' && pathname.startsWith(`${to}/`));
  const current = pages.find(({ to }) => isCurrent(to)) ?? pages[0];
  useDocumentTitle(`${current ? t(current.title) : ''} - ${name ?? 'Patchbay'}`);
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
            <Text visibleFrom="sm" fw={600} truncate>{name}</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            {tools}
            <Box visibleFrom="sm"><LanguageChoice /></Box>
            <SchemeChoice />
            {leave}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('kit.menu')} className={opened ? '' : 'closed'}>
        <Stack gap={2}>
          {pages.map(({ to, title, heading }) => (
            <Fragment key={to}>
              {heading && <Text size="xs" c="dimmed" fw={600} px="sm" pt="xs">{t(heading)}</Text>}
              <NavLink component={Link} to={to} label={t(title)} active={isCurrent(to)} onClick={close} py={5}
                aria-current={isCurrent(to) ? 'page' : undefined} variant="filled" />
            </Fragment>
          ))}
        </Stack>
        <Box hiddenFrom="sm" mt="md"><LanguageChoice /></Box>
      </AppShell.Navbar>
      <AppShell.Main>
        {banner}
        <Outlet />
      </AppShell.Main>
      {useStore(session).status === 'expired' && <LogInAgain />}
    </AppShell>
  );
}

export function LogOut() {
  const navigate = useNavigate();
  return <LeaveButton onLeft={() => navigate({ to: '/login' })} onTrouble={(text) => say(text, 'red')} />;
}
