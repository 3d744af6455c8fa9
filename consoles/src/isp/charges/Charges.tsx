import { Alert, Button, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { send, type Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { useProblemText } from '../../kit/useProblemText';
import { say } from '../../kit/undo';
import { Proof } from './Proof';

/** Of one call: each leg that is charged, with its proof; what has no price yet can be rated again. */
export function Charges({ id, charges }: { id: string; charges: Schemas['ChargeView'][] }) {
  const { t, find } = useI18n();
  const unrated = charges.some((charge) => charge.state === 'unrated');
  return (
    <Stack gap="sm">
      {charges.length === 0 && <Text size="sm" c="dimmed">{t('call.no_charges')}</Text>}
      {charges.map((charge) => (
        <div key={charge.leg} className="card">
          <Text size="sm" c="dimmed">{t('charge.leg', { kind: find(`charge.leg_${charge.kind}`), number: charge.number, name: charge.charged_subscriber_name })}</Text>
          <Proof priced={charge} />
        </div>
      ))}
      {unrated && <RateAgain id={id} />}
    </Stack>
  );
}

function RateAgain({ id }: { id: string }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const again = useMutation({
    mutationFn: () => send<Schemas['RatedAgainView']>('POST', `/v1/calls/${id}/rate-again`),
    onSuccess: async ({ changed }) => {
      say(t(changed ? 'charge.rated_again' : 'charge.same_again'), changed ? 'green' : 'yellow');
      await Promise.all(['/v1/calls', '/v1/charges'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
  });
  return (
    <>
      <Text size="sm">{t('charge.rate_again_text')}</Text>
      {again.error && <Alert color="red" role="alert">{tell(again.error)}</Alert>}
      <Button variant="default" loading={again.isPending} onClick={() => again.mutate()}>{t('charge.rate_again')}</Button>
    </>
  );
}
