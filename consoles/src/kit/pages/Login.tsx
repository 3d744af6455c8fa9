import { Anchor, Group } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { api, sessionHeaders, take, type Schemas } from '../api';
import { FieldText } from '../FieldText';
import { useI18n } from '../i18n';
import { Problem } from '../problem';
import { logOut, startSession } from '../session';
import { applyLookOf, rememberedNamespace } from '../theme';
import { useListSearch } from '../useListSearch';
import { ActionForm } from '../ActionForm';
import { Outside } from '../Outside';

async function logIn(body: Record<string, unknown>, role: string): Promise<Schemas['TokensView']> {
  const tokens = await take(api.POST('/v1/auth/login', { body: body as never, ...sessionHeaders }));
  if (tokens.role !== role) {
    await logOut(); // the cookie is of this console, where this person has nothing to do
    throw new Problem(403, 'other_console', '', {});
  }
  await applyLookOf(String(body.namespace).toLowerCase());
  return tokens;
}

/** Of users: namespace, e-mail, password. Somebody of another role is sent to that role's console. */
export function Login({ role, signup = false }: { role: 'isp_admin' | 'tenant_admin'; signup?: boolean }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [{ to, namespace }] = useListSearch();
  const enter = async (tokens: Schemas['TokensView']) => {
    startSession(tokens);
    await navigate({ href: to?.startsWith('/') && !to.startsWith('//') ? to : '/' });
  };
  return (
    <Outside title={t('login.title')}>
      <ActionForm schema="LoginBody" values={{ namespace: namespace ?? rememberedNamespace(), email: '', password: '' }}
        button={t('login.button')} act={(body) => logIn(body, role)} onSuccess={enter}
        below={
          <Group justify="space-between">
            <Anchor component={Link} to="/password" size="sm">{t('login.forgot')}</Anchor>
            {signup && <Anchor component={Link} to="/signup" size="sm">{t('login.signup')}</Anchor>}
          </Group>
        }>
        <FieldText name="namespace" help="login_namespace" autoComplete="organization" required />
        <FieldText name="email" help="none" type="email" autoComplete="username" required />
        <FieldText name="password" help="none" type="password" autoComplete="current-password" required />
      </ActionForm>
    </Outside>
  );
}
