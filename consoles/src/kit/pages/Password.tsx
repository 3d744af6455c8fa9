import { Alert, Anchor, Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, sessionHeaders, take } from '../api';
import { FieldText } from '../FieldText';
import { useI18n } from '../i18n';
import { useListSearch } from '../useListSearch';
import { rememberedNamespace } from '../theme';
import { ActionForm } from '../ActionForm';
import { Outside } from '../Outside';

/** Without a token a link is asked for; with the link's token the new password is set. */
export function Password() {
  const { token } = useListSearch()[0];
  return token ? <Choose token={token} /> : <Ask />;
}

function Ask() {
  const { t } = useI18n();
  const [asked, setAsked] = useState(false);
  return (
    <Outside title={t('password.title')} text={t('password.text')}>
      {asked ? <Alert role="status">{t('password.sent')}</Alert> : (
        <ActionForm schema="PasswordResetBody" values={{ namespace: rememberedNamespace(), email: '' }} button={t('password.ask')}
          act={(body) => take(api.POST('/v1/auth/password-reset', { body: body as never, ...sessionHeaders }))}
          onSuccess={() => setAsked(true)}>
          <FieldText name="namespace" help="login_namespace" autoComplete="organization" required />
          <FieldText name="email" help="none" type="email" autoComplete="username" required />
        </ActionForm>
      )}
      <Anchor component={Link} to="/login" size="sm" mt="md" display="block">{t('login.back')}</Anchor>
    </Outside>
  );
}

function Choose({ token }: { token: string }) {
  const { t } = useI18n();
  const [done, setDone] = useState(false);
  return (
    <Outside title={t('password.choose')}>
      {done ? (
        <>
          <Alert role="status" mb="md">{t('password.done')}</Alert>
          <Button component={Link} to="/login">{t('login.title')}</Button>
        </>
      ) : (
        <ActionForm schema="PasswordConfirmBody" values={{ token, password: '' }} button={t('password.set')}
          act={(body) => take(api.POST('/v1/auth/password-reset/confirm', { body: body as never, ...sessionHeaders }))}
          onSuccess={() => setDone(true)}>
          <FieldText name="password" type="password" help="new_password" autoComplete="new-password" required />
        </ActionForm>
      )}
    </Outside>
  );
}
