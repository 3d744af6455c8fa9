import { Text } from '@mantine/core';
import { useI18n } from '../../kit/i18n';
import type { Quality } from '../sip/state';

/** How the call sounds, in a word; the figures for whoever wants them. */
export function QualityView({ quality }: { quality: Quality | null }) {
  const { t } = useI18n();
  if (!quality) return <Text size="sm" c="dimmed" mt={4}>{t('phone.measuring')}</Text>;
  const round = (value: number | null, digits = 0) => (value === null ? '-' : value.toFixed(digits));
  return (
    <details className="quality" data-quality={quality.word}>
      <summary><span className={`dot quality-${quality.word}`} aria-hidden />{t(`phone.quality_${quality.word}`)}</summary>
      <dl>
        {([
          ['phone.mos', round(quality.mos, 1)],
          ['phone.loss', `${round(quality.lossPercent, 1)} %`],
          ['phone.jitter', `${round(quality.jitterMs)} ms`],
          ['phone.round_trip', quality.roundTripMs === null ? '-' : `${round(quality.roundTripMs)} ms`],
          ['phone.codec', quality.codec || '-'],
        ] as const).map(([key, value]) => <div key={key}><dt>{t(key)}</dt><dd>{value}</dd></div>)}
      </dl>
    </details>
  );
}
