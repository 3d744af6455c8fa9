import { api, take } from '../../kit/api';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { ActionForm } from '../../kit/ActionForm';
import type { StepProps } from './Onboarding';

export function UserStep({ headers, begun, onSaved }: StepProps) {
  const { t } = useI18n();
  return (
    <ActionForm schema="OnboardingUserBody" values={{ full_name: begun.user?.full_name ?? '', password: '' }}
      button={t('kit.continue')} onSuccess={onSaved}
      act={(body) => take(api.PUT('/v1/onboarding/user', { body: body as never, headers }))}>
      <FieldText name="full_name" autoComplete="name" required />
      <FieldText name="password" help="new_password" type="password" autoComplete="new-password" required />
    </ActionForm>
  );
}
