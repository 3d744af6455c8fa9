import { Alert, Anchor, Button, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, sessionHeaders, take } from '../../kit/api';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { ActionForm } from '../../kit/ActionForm';
import { Onboarding } from '../onboarding/Onboarding';
import { Outside } from '../../kit/Outside';

export function Signup() {
  const { token } = useListSearch()[0];
  return token ? <Confirm token={token} /> : <Ask />;
}

function Ask() {
  const { t } = useI18n();
  const [email, setEmail] = useState('');
  if (email) {
    return (
      <Outside title={t('signup.check')} text={t('signup.check_text', { email })}>
        <Text size="sm" mb="md">{t('signup.check_hint')}</Text>
        <Button variant="default" onClick={() => setEmail('')}>{t('signup.again')}</Button>
      </Outside>
    );
  }
  return (
    <Outside title={t('signup.title')} text={t('signup.text')}>
      <ActionForm schema="SignupBody" values={{ email: '' }} button={t('signup.button')}
        act={async (body) => {
          await api.POST('/v1/signup', { body: body as never, ...sessionHeaders });
          return String(body.email);
        }} onSuccess={setEmail}>
        <FieldText name="email" help="none" type="email" autoComplete="email" required />
      </ActionForm>
      <Anchor component={Link} to="/login" size="sm" mt="md" display="block">{t('signup.known')}</Anchor>
    </Outside>
  );
}

/** The link is good for one use: it is never sent twice, and what was begun goes on with a new one. */
function Confirm({ token }: { token: string }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const confirmed = useQuery({
    queryKey: ['signup', token],
    queryFn: () => take(api.POST('/v1/signup/confirm', { body: { token } })),
    staleTime: Infinity, gcTime: Infinity, retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false,
  });
  if (confirmed.data) return <Onboarding token={confirmed.data.access_token} begun={confirmed.data.onboarding} />;
  if (!confirmed.error) return <Outside title={t('signup.opening')}><Skeleton height={80} /></Outside>;
  return (
    <Outside title={t('signup.link_over')}>
      <Alert color="red" role="alert" mb="md">{tell(confirmed.error)}</Alert>
      <Text size="sm" mb="md">{t('signup.link_text')}</Text>
      <Button component={Link} to="/signup">{t('signup.again')}</Button>
    </Outside>
  );
}
