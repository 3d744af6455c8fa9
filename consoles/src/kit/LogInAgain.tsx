import { Modal, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, sessionHeaders, take } from './api';
import { FieldText } from './FieldText';
import { useI18n } from './i18n';
import { viewedTenant } from './place';
import { refreshSession, startSession } from './session';
import { ActionForm } from './ActionForm';
import { meQuery } from './me';

/** The session is over; whatever was typed on the page below stays. */
export function LogInAgain() {
  const { t } = useI18n();
  const { data: me } = useQuery({ ...meQuery, enabled: false });
  return (
    <Modal attributes={{ header: { role: 'presentation' } }} opened onClose={() => undefined} withCloseButton={false} title={t('login.again')}>
      <Text size="sm" mb="sm">{t('login.again_text')}</Text>
      <ActionForm schema="LoginBody" values={{ namespace: me?.isp?.namespace ?? '', email: me?.email ?? '', password: '' }}
        button={t('login.button')} onSuccess={viewedTenant ? refreshSession : startSession}
        act={(body) => take(api.POST('/v1/auth/login', { body: body as never, ...sessionHeaders }))}>
        <FieldText name="password" type="password" autoComplete="current-password" required />
      </ActionForm>
    </Modal>
  );
}
