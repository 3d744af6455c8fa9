import { Group, Stack, Text } from '@mantine/core';
import { DataTable, type Column } from '../../kit/DataTable';
import { useI18n } from '../../kit/i18n';
import { Mark } from '../../kit/Standing';
import { keyOf, type Rate, type RatesDiff } from './rates';
import { useRateTexts } from './useRateTexts';

const SHOWN = 100;

interface Line {
  kind: 'added' | 'changed' | 'lost';
  rate: Rate;
  before?: Rate;
}

/** What saving would change: lost prefixes first, because a call to them would cost nothing from then on. */
export function DiffView({ diff, currency }: { diff: RatesDiff; currency: string }) {
  const { t } = useI18n();
  const { price, billing, validity } = useRateTexts(currency);
  const lines: Line[] = [
    ...diff.lost.map((rate): Line => ({ kind: 'lost', rate })),
    ...diff.changed.map(({ before, after }): Line => ({ kind: 'changed', rate: after, before })),
    ...diff.added.map((rate): Line => ({ kind: 'added', rate })),
  ];
  const changed = (line: Line, tell: (rate: Rate) => string) => {
    const [old, now] = [line.before ? tell(line.before) : '', tell(line.rate)];
    return old && old !== now ? <><del>{old}</del> <ins>{now}</ins></> : now;
  };
  const columns: Column<Line>[] = [
    { title: t('rates.change'), cell: (line) => <Mark good={line.kind !== 'lost'}>{t(`rates.${line.kind}`)}</Mark> },
    { title: t('f.prefix'), cell: (line) => <span className="mono">{line.rate.prefix}</span> },
    { title: t('f.description'), cell: (line) => changed(line, (rate) => rate.description) },
    { title: t('f.rate_micros'), cell: (line) => changed(line, price) },
    { title: t('rates.billing'), cell: (line) => changed(line, billing) },
    { title: t('rates.validity'), cell: (line) => changed(line, validity) },
  ];
  return (
    <Stack gap="xs">
      <Group gap="xs" role="status">
        <Text size="sm" fw={600}>{t('rates.diff', { added: diff.added.length, changed: diff.changed.length, lost: diff.lost.length, same: diff.same })}</Text>
      </Group>
      {lines.length > 0 && <DataTable label={t('rates.changes')} rows={lines.slice(0, SHOWN)} columns={columns} keyOf={(line) => `${line.kind} ${keyOf(line.rate)}`} />}
      {lines.length > SHOWN && <Text size="sm" c="dimmed">{t('rates.and_more', { n: lines.length - SHOWN })}</Text>}
    </Stack>
  );
}
