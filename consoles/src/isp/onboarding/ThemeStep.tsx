import { api, take } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { ActionForm } from '../../kit/ActionForm';
import { ThemeFields } from '../ThemeFields';
import type { StepProps } from './Onboarding';

export function ThemeStep({ headers, begun, onSaved }: StepProps) {
  const { t } = useI18n();
  const values = { primary_color: begun.theme?.primary_color ?? '#0b5fff', logo: undefined };
  return (
    <ActionForm schema="ThemeBody" values={values} button={t('kit.continue')} onSuccess={onSaved}
      act={(body) => take(api.PUT('/v1/onboarding/theme', { body: { ...body, accent_color: body.primary_color } as never, headers }))}>
      <ThemeFields present={begun.theme?.logo_url ?? null} />
    </ActionForm>
  );
}
