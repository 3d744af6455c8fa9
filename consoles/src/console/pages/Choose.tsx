import { Alert, Button, Loader, Stack } from '@mantine/core';
import { useEffect } from 'react';
import { LogOut } from '../../kit/Frame';
import { useI18n } from '../../kit/i18n';
import { tenantInPath } from '../../kit/place';
import { Outside } from '../../kit/Outside';
import { useOwnTenants } from '../tenant';

const place = (id: string) => `/console/${id}/`;

/** Which tenant? With one there is nothing to choose. */
export function Choose() {
  const { t } = useI18n();
  const tenants = useOwnTenants();
  const only = !tenantInPath && tenants?.length === 1 ? tenants[0] : undefined;
  useEffect(() => {
    if (only) location.replace(place(only.id));
  }, [only]);
  if (!tenants || only) return <Outside title={t('console.title')}><Loader aria-label={t('kit.wait')} /></Outside>;
  return (
    <Outside title={t('console.choose')} text={tenants.length ? t('console.choose_text') : undefined}>
      <Stack>
        {tenantInPath && <Alert color="yellow">{t('console.not_yours')}</Alert>}
        {tenants.length === 0 && <Alert color="yellow">{t('console.no_tenant')}</Alert>}
        {tenants.map((one) => <Button key={one.id} component="a" href={place(one.id)} variant="default" size="md" justify="start">{one.name}</Button>)}
        <LogOut />
      </Stack>
    </Outside>
  );
}
