import { Outside } from '../../kit/Outside';
import { useI18n } from '../../kit/i18n';

export function Phone() {
  const { t } = useI18n();
  return <Outside title={t('phone.title')}>{null}</Outside>;
}
