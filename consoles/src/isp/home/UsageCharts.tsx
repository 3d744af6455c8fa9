import { Alert, Group, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, take, type Schemas } from '../../kit/api';
import { DayChart } from '../../kit/charts/DayChart';
import { useI18n } from '../../kit/i18n';
import { useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { clock, lastDays } from './days';

const RANGES = ['7', '30', '90'];
const EVERY_MS = 60_000;

/** What happened day by day; every number is of calls that were made. */
export function UsageCharts() {
  const { t } = useI18n();
  const tell = useProblemText();
  const [{ days = '30' }, change] = useListSearch();
  const range = RANGES.includes(days) ? days : '30';
  const { data, error } = useQuery({
    queryKey: ['/v1/usage', range],
    queryFn: () => take(api.GET('/v1/usage', { params: { query: lastDays(Number(range), new Date()) } })),
    refetchInterval: EVERY_MS,
  });
  return (
    <Stack component="section" mt="xl" aria-labelledby="usage">
      <Group justify="space-between">
        <Title order={2} size="h3" id="usage">{t('usage.title')}</Title>
        <SegmentedControl size="xs" value={range} onChange={(next) => change({ days: next === '30' ? '' : next })} aria-label={t('usage.range')}
          data={RANGES.map((value) => ({ value, label: t('usage.days', { n: value }) }))} />
      </Group>
      {error && <Alert color="red" role="alert">{tell(error)}</Alert>}
      {!data && !error && <Skeleton height={240} />}
      {data && <Charts usage={data} />}
    </Stack>
  );
}

function Charts({ usage }: { usage: Schemas['UsageView'] }) {
  const { t, money, language } = useI18n();
  const { total, currency } = usage;
  const days = usage.days.map((one) => one.day);
  const of = (pick: (day: Schemas['UsageDayView']) => number | null | undefined) => usage.days.map((one) => pick(one) ?? null);
  const number = (value: number) => new Intl.NumberFormat(language, { notation: value >= 10_000 ? 'compact' : 'standard', maximumFractionDigits: 1 }).format(value);
  const percent = (value: number) => new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(value);
  const seconds = (value: number) => t('usage.clock', { time: clock(value) });
  const spend = (micros: number) => money(micros, currency ?? 'USD');
  const short = (micros: number) =>
    new Intl.NumberFormat(language, { style: 'currency', currency: currency ?? 'USD', notation: 'compact', maximumFractionDigits: 2 }).format(micros / 1e6);
  const others = total.other_amounts.map((one) => money(one.amount_micros, one.currency)).join(', ');
  const none = t('chart.none');
  return (
    <>
      <div className="charts">
        <DayChart kind="bars" title={t('usage.calls')} days={days} format={number} atLeast={4} total={t('usage.calls_total', { answered: number(total.answered), attempts: number(total.attempts) })}
          series={[{ name: t('usage.attempts'), values: of((day) => day.attempts) }, { name: t('usage.answered'), values: of((day) => day.answered) }]} />
        <DayChart kind="bars" title={t('usage.minutes')} days={days} format={number} atLeast={4} total={t('usage.minutes_total', { n: number(total.talk_s / 60) })}
          series={[{ name: t('usage.minutes'), values: of((day) => day.talk_s / 60) }]} />
        <DayChart kind="line" title={t('usage.asr')} days={days} format={percent} atLeast={1} total={total.asr === null ? none : percent(total.asr)}
          series={[{ name: t('usage.asr'), values: of((day) => day.asr) }]} />
        <DayChart kind="line" title={t('usage.acd')} days={days} format={seconds} axis={clock} atLeast={60} total={total.acd_s === null ? none : seconds(total.acd_s)}
          series={[{ name: t('usage.acd'), values: of((day) => day.acd_s) }]} />
        {currency && (
          <DayChart kind="bars" title={t('usage.spend')} days={days} format={spend} axis={short} atLeast={10_000} total={spend(total.amount_micros ?? 0)}
            series={[{ name: t('usage.spend'), values: of((day) => day.amount_micros) }]} />
        )}
      </div>
      {others && <Text size="sm" c="dimmed">{t('usage.others', { amounts: others })}</Text>}
    </>
  );
}
