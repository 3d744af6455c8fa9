import { Text } from '@mantine/core';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { phoneState } from '../engine';
import { turn } from '../sip/turn';

/** A dot with a word: can this phone be called? */
export function Standing() {
  const { t } = useI18n();
  const { connection } = useStore(phoneState);
  const shown = useStore(turn) === 'elsewhere' ? 'off' : connection;
  return (
    <span className="standing" role="status" data-connection={shown}>
      <span className={`dot ${shown}`} aria-hidden />
      <Text span size="sm">{t(shown === 'lost' || shown === 'refused' ? `phone.dot_${shown}` : `phone.is_${shown}`)}</Text>
    </span>
  );
}
