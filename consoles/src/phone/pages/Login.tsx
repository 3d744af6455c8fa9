import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, sessionHeaders, take } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { Outside } from '../../kit/Outside';
import { Problem } from '../../kit/problem';
import { startSession } from '../../kit/session';
import { useStore } from '../../kit/store';
import { useProblemText } from '../../kit/useProblemText';
import { place } from '../place';
import { canCall } from '../sip/devices';

const KEPT = 'patchbay.phone.address';
const ADDRESS = /^[A-Za-z0-9._-]{1,40}@[A-Za-z0-9.-]{1,253}$/;

async function logIn({ address, password }: { address: string; password: string }): Promise<void> {
  const tokens = await take(api.POST('/v1/auth/subscriber-login', { body: { address, password }, ...sessionHeaders }));
  localStorage.setItem(KEPT, address);
  startSession(tokens);
}

export function useLoginTrouble(): (error: unknown) => string {
  const { t } = useI18n();
  const tell = useProblemText();
  return (error) => {
    const code = error instanceof Problem ? error.code : '';
    if (code === 'wrong_credentials' || code === 'invalid_request') return t('phone.wrong_password');
    if (code === 'suspended') return t('phone.suspended');
    if (code === 'too_many_attempts') return t('phone.too_many_attempts');
    return tell(error);
  };
}

/** Of subscribers: SIP address and softphone password. */
export function Login() {
  const { t } = useI18n();
  return (
    <Outside title={t('phone.login')} text={t('phone.login_text')}>
      <Stack>
        {!canCall() && <Alert color="red" role="alert" title={t('phone.insecure_title')}>{t('phone.insecure')}</Alert>}
        <LoginForm />
        <Text size="sm" c="dimmed">{t('phone.login_help')}</Text>
      </Stack>
    </Outside>
  );
}

/** `fixed`: the address of whoever was logged in. */
export function LoginForm({ fixed = '', onSuccess }: { fixed?: string; onSuccess?: () => void }) {
  const { t } = useI18n();
  const tell = useLoginTrouble();
  const { address: named } = useStore(place).search;
  const [address, setAddress] = useState(fixed || (named ?? localStorage.getItem(KEPT) ?? ''));
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);
  const entering = useMutation({ mutationFn: logIn, onSuccess });
  const fault = ADDRESS.test(address.trim()) ? '' : t('phone.address_form');
  const submit = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    setChecked(true);
    if (!fault && password) entering.mutate({ address: address.trim(), password });
  };
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        {!fixed && (
          <TextInput label={t('phone.address')} name="address" type="email" autoComplete="username" required autoCapitalize="none" spellCheck={false}
            placeholder="alice@customer1.example.net" value={address} error={checked && fault} onChange={(event) => setAddress(event.currentTarget.value)} />
        )}
        <PasswordInput label={t('phone.password')} name="password" autoComplete="current-password" required value={password}
          error={checked && !password && t('rule.required')} onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('phone.show_password') }} />
        {entering.error && <Alert color="red" role="alert">{tell(entering.error)}</Alert>}
        <Button type="submit" loading={entering.isPending}>{t('phone.enter')}</Button>
      </Stack>
    </form>
  );
}
