import { Button, Kbd } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Frame } from '../kit/Frame';
import { useI18n } from '../kit/i18n';
import { meQuery } from '../kit/me';
import { PAGES } from './menu';

const Finder = lazy(() => import('./finder/Finder').then((found) => ({ default: found.Finder })));

export function IspFrame() {
  const { t } = useI18n();
  const { data: me } = useQuery(meQuery);
  const [finding, setFinding] = useState(false);
  useHotkeys([['mod+K', () => setFinding(true)]], []); // also while a field has the focus
  const find = (
    <Button variant="default" size="xs" onClick={() => setFinding(true)} aria-label={t('finder.title')} aria-keyshortcuts="Control+K Meta+K">
      {t('finder.short')} <Kbd size="xs" ml="xs" visibleFrom="sm">{navigator.userAgent.includes('Mac') ? '⌘ K' : 'Ctrl K'}</Kbd>
    </Button>
  );
  return (
    <>
      <Frame pages={PAGES} name={me?.isp?.company} tools={find} />
      {finding && <Suspense><Finder onClose={() => setFinding(false)} /></Suspense>}
    </>
  );
}
