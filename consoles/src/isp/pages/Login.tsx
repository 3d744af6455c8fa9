import { Anchor, Group } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { api, sessionHeaders, take, type Schemas } from '../../kit/api';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { Problem } from '../../kit/problem';
import { startSession } from '../../kit/session';
import { applyLookOf, rememberedNamespace } from '../../kit/theme';
import { useListSearch } from '../../kit/useListSearch';
import { ActionForm } from '../ActionForm';
import { Outside } from '../Outside';

async function logIn(body: Record<string, unknown>): Promise<Schemas['TokensView']> {
  const tokens = await take(api.POST('/v1/auth/login', { body: body as never, ...sessionHeaders }));
  if (tokens.role !== 'isp_admin') throw new Problem(403, 'not_allowed', '', {});
  await applyLookOf(String(body.namespace).toLowerCase());
  return tokens;
}

export function Login() {
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
        button={t('login.button')} act={logIn} onSuccess={enter}
        below={
          <Group justify="space-between">
            <Anchor component={Link} to="/password" size="sm">{t('login.forgot')}</Anchor>
            <Anchor component={Link} to="/signup" size="sm">{t('login.signup')}</Anchor>
          </Group>
        }>
        <FieldText name="namespace" help="login_namespace" autoComplete="organization" required />
        <FieldText name="email" help="none" type="email" autoComplete="username" required />
        <FieldText name="password" help="none" type="password" autoComplete="current-password" required />
      </ActionForm>
    </Outside>
  );
}
