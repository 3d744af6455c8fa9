import { Alert, Skeleton, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, take } from '../../kit/api';
import { DayChart } from '../../kit/charts/DayChart';
import { useI18n } from '../../kit/i18n';
import { tenantInPath } from '../../kit/place';
import { useProblemText } from '../../kit/useProblemText';
import { TENANT } from '../tenant';

const EVERY_MS = 60_000;

/** The last thirty days (UTC); every number is of calls that were made. */
export function Usage() {
  const { t, language } = useI18n();
  const tell = useProblemText();
  const { data, error } = useQuery({
    queryKey: [TENANT, 'usage'],
    queryFn: () => take(api.GET('/v1/tenants/{tenant_id}/usage', { params: { path: { tenant_id: tenantInPath } } })),
    refetchInterval: EVERY_MS,
  });
  const whole = (value: number) => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value);
  const days = data?.days ?? [];
  return (
    <Stack component="section" aria-labelledby="usage" mt="md">
      <Title order={2} size="h4" id="usage">{t('usage.month')}</Title>
      {error && !data && <Alert color="red" role="alert">{tell(error)}</Alert>}
      {!data && !error && <Skeleton height={220} />}
      {data && (
        <div className="charts">
          <DayChart kind="bars" title={t('usage.calls')} days={days.map((one) => one.day)} format={whole}
            total={t('usage.calls_total', { answered: whole(data.total.answered), attempts: whole(data.total.attempts) })}
            series={[{ name: t('usage.attempts'), values: days.map((one) => one.attempts) }, { name: t('usage.answered'), values: days.map((one) => one.answered) }]} />
          <DayChart kind="bars" title={t('usage.minutes')} days={days.map((one) => one.day)} format={whole} total={t('usage.minutes_total', { n: whole(data.total.talk_s / 60) })}
            series={[{ name: t('usage.minutes'), values: days.map((one) => one.talk_s / 60) }]} />
        </div>
      )}
    </Stack>
  );
}
