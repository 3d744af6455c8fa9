import type { Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';

/** Whether a colleague's phone would ring, in colour and in words. */
export function Reach({ reach }: { reach: Schemas['ContactView']['reach'] }) {
  const { t } = useI18n();
  return (
    <span className="reach">
      <span className={`dot reach-${reach}`} aria-hidden />
      <span>{t(`phone.reach_${reach}`)}</span>
    </span>
  );
}
