import { Group, Table, Text, Title } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useId, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useI18n } from '../i18n';
import './charts.css';
import { labelled, linePath, makeTicks } from './scale';

export interface Series {
  name: string;
  /** One for each day; null: there is none, which isn't nought. */
  values: readonly (number | null)[];
}

interface Props {
  title: string;
  /** What all days come to, beside the title. */
  total: string;
  /** "2026-01-31", without gaps. */
  days: readonly string[];
  /** Of bars the second lies over the first, of which it is a part. */
  series: readonly Series[];
  kind: 'bars' | 'line';
  format: (value: number) => string;
  /** Of the axis, where there is less room; without it, `format`. */
  axis?: (value: number) => string;
  /** The axis ends here at the least. */
  atLeast?: number;
}

const HEIGHT = 168;
const MARGIN = { top: 8, right: 4, bottom: 22, left: 52 };

/** Values by day: drawn, readable by pointer and arrow keys, and as a table. */
export function DayChart({ title, total, days, series, kind, format, axis = format, atLeast = 0 }: Props) {
  const { t } = useI18n();
  const day = useDayNames();
  const titled = useId();
  const { ref, width } = useElementSize();
  const [chosen, setChosen] = useState<number | null>(null);
  const plot = makePlot({ width, days: days.length, series, atLeast });
  const value = (one: Series, index: number) => (one.values[index] == null ? t('chart.none') : format(one.values[index]));
  const told = chosen === null || !days[chosen] ? total
    : `${day.long(days[chosen])}: ${series.map((one) => (series.length > 1 ? `${one.name} ${value(one, chosen)}` : value(one, chosen))).join(', ')}`;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepTo(event.key, chosen, days.length);
    if (next === undefined) return;
    event.preventDefault();
    setChosen(next);
  };
  const onPointerMove = (event: PointerEvent) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN.left;
    setChosen(x < 0 || days.length === 0 ? null : Math.min(days.length - 1, Math.floor(x / plot.step)));
  };
  return (
    <figure className={series.length > 1 && kind === 'bars' ? 'chart pair' : 'chart'} aria-labelledby={titled}>
      <Group component="figcaption" justify="space-between" align="baseline" gap={4}>
        <Title order={3} size="h5" id={titled}>{title}</Title>
        <Text size="sm" aria-live="polite">{told}</Text>
      </Group>
      {series.length > 1 && (
        <Group gap="md">{series.map((one, index) => <Text key={one.name} size="xs" c="dimmed"><i className={`key series${index}`} aria-hidden />{one.name}</Text>)}</Group>
      )}
      <div ref={ref} className="plot" role="group" tabIndex={0} aria-label={t('chart.keys', { title })} onKeyDown={onKeyDown}
        onBlur={() => setChosen(null)} onPointerMove={onPointerMove} onPointerLeave={() => setChosen(null)}>
        <svg width={width} height={HEIGHT} aria-hidden focusable="false">
          <Axis plot={plot} days={days} format={axis} name={day.short} />
          {chosen !== null && <rect className="chosen" x={plot.left(chosen)} y={MARGIN.top} width={plot.step} height={plot.height} />}
          {series.map((one, index) => (kind === 'bars'
            ? <Bars key={one.name} plot={plot} values={one.values} className={`series${index}`} />
            : <Line key={one.name} plot={plot} values={one.values} className={`series${index}`} />))}
        </svg>
      </div>
      <details>
        <summary>{t('chart.table')}</summary>
        <Table.ScrollContainer minWidth={0} mah={260} type="native">
          <Table aria-label={title} verticalSpacing={4}>
            <Table.Thead><Table.Tr><Table.Th>{t('chart.day')}</Table.Th>{series.map(({ name }) => <Table.Th key={name}>{name}</Table.Th>)}</Table.Tr></Table.Thead>
            <Table.Tbody>
              {days.map((one, index) => (
                <Table.Tr key={one}><Table.Td>{day.long(one)}</Table.Td>{series.map((each) => <Table.Td key={each.name}>{value(each, index)}</Table.Td>)}</Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </details>
    </figure>
  );
}

/** Days are UTC, as the API counts them. */
function useDayNames() {
  const { language } = useI18n();
  const make = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...options });
    return (day: string) => formatter.format(new Date(`${day}T00:00:00Z`));
  };
  return { short: make({ day: 'numeric', month: 'short' }), long: make({ day: 'numeric', month: 'long', year: 'numeric' }) };
}

/** Undefined: the key isn't one of the chart's. */
function stepTo(key: string, from: number | null, count: number): number | null | undefined {
  if (count === 0) return undefined;
  const moves: Record<string, number | null> = {
    ArrowLeft: from === null ? count - 1 : Math.max(0, from - 1),
    ArrowRight: from === null ? 0 : Math.min(count - 1, from + 1),
    Home: 0,
    End: count - 1,
    Escape: null,
  };
  return moves[key];
}

interface Plot {
  width: number;
  height: number;
  step: number;
  ticks: number[];
  left: (index: number) => number;
  middle: (index: number) => number;
  y: (value: number) => number;
}

function makePlot({ width, days, series, atLeast }: { width: number; days: number; series: readonly Series[]; atLeast: number }): Plot {
  const inner = Math.max(0, width - MARGIN.left - MARGIN.right);
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  const largest = Math.max(atLeast, ...series.flatMap((one) => one.values.map((value) => value ?? 0)));
  const ticks = makeTicks(largest);
  const top = ticks.at(-1) ?? 1;
  const step = days ? inner / days : inner;
  const left = (index: number) => MARGIN.left + index * step;
  return { width, height, step, ticks, left, middle: (index) => left(index) + step / 2, y: (value) => MARGIN.top + height * (1 - value / top) };
}

function Axis({ plot, days, format, name }: { plot: Plot; days: readonly string[]; format: (value: number) => string; name: (day: string) => string }) {
  return (
    <>
      {plot.ticks.map((tick) => (
        <g key={tick}>
          <line className="grid" x1={MARGIN.left} x2={plot.width - MARGIN.right} y1={plot.y(tick)} y2={plot.y(tick)} />
          <text x={MARGIN.left - 6} y={plot.y(tick) + 4} textAnchor="end">{format(tick)}</text>
        </g>
      ))}
      {labelled(days.length, plot.width - MARGIN.left).map((index) => (
        <text key={index} x={Math.min(plot.middle(index), plot.width - 22)} y={HEIGHT - 6} textAnchor="middle">{name(days[index] ?? '')}</text>
      ))}
    </>
  );
}

function Bars({ plot, values, className }: { plot: Plot; values: Series['values']; className: string }) {
  const width = Math.max(1, Math.min(28, plot.step * 0.7));
  return values.map((value, index) => value !== null && value > 0 && (
    <rect key={index} className={`bar ${className}`} x={plot.middle(index) - width / 2} y={plot.y(value)} width={width} height={plot.y(0) - plot.y(value)} />
  ));
}

function Line({ plot, values, className }: { plot: Plot; values: Series['values']; className: string }) {
  const points = values.map((value, index) => (value === null ? null : [plot.middle(index), plot.y(value)] as const));
  return (
    <>
      <path className={`line ${className}`} d={linePath(points)} />
      {points.map((point, index) => point && <circle key={index} className={`point ${className}`} cx={point[0]} cy={point[1]} r={3} />)}
    </>
  );
}
