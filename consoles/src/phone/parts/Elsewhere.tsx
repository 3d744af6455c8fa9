import { Alert, Button, Stack, Text } from '@mantine/core';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { callsElsewhere, takeTurn } from '../sip/turn';

/** Another tab is the phone. */
export function Elsewhere() {
  const { t } = useI18n();
  const calls = useStore(callsElsewhere);
  return (
    <Alert color="yellow" role="alert" title={t('phone.elsewhere')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t(calls > 0 ? 'phone.elsewhere_calling' : 'phone.elsewhere_text')}</Text>
        <Button onClick={takeTurn}>{t('phone.use_here')}</Button>
      </Stack>
    </Alert>
  );
}
