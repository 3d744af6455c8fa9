import { Alert, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, sessionHeaders, take, type Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { useProblemText } from '../../kit/useProblemText';
import type { StepProps } from './Onboarding';

export function PlanStep({ headers, onFinished }: StepProps & { onFinished: (tokens: Schemas['TokensView']) => Promise<void> }) {
  const { t, money } = useI18n();
  const tell = useProblemText();
  const plans = useQuery({ queryKey: ['platform-plans'], queryFn: () => take(api.GET('/v1/platform-plans')) });
  const choose = useMutation({
    mutationFn: (id: string) =>
      take(api.PUT('/v1/onboarding/plan', { body: { platform_plan_id: id }, headers: { ...headers, ...sessionHeaders.headers } })),
    onSuccess: onFinished,
  });
  const error = plans.error ?? choose.error;
  return (
    <Stack>
      {plans.isPending && <Skeleton height={90} />}
      {plans.data?.items.map((plan) => (
        <Group key={plan.id} className="card" justify="space-between">
          <div>
            <Title order={2} size="h5">{plan.name}</Title>
            {plan.description && <Text size="sm" c="dimmed">{plan.description}</Text>}
            <Text size="sm">{plan.price_micros ? t('onboarding.a_month', { price: money(plan.price_micros, plan.currency) }) : t('onboarding.free')}</Text>
          </div>
          <Button loading={choose.isPending} onClick={() => choose.mutate(plan.id)} aria-label={`${t('onboarding.choose')}: ${plan.name}`}>{t('onboarding.choose')}</Button>
        </Group>
      ))}
      {error && <Alert color="red" role="alert">{tell(error)}</Alert>}
    </Stack>
  );
}
