/** A line chart of series over epochs. */

import { type ChartColors, type ChartOptions, labelOptions, tooltipOptions } from '../../ui/chart.ts';
import { epochTicks, type Series } from '../derive/series.ts';

export interface EpochContent {
  readonly series: readonly Series[];
  readonly lastEpoch: number;
  readonly format: (value: number) => string;
  /** An epoch to mark on the first line. */
  readonly markedEpoch: number | null;
}

/** Fewer points than this are drawn as dots too, so that a first epoch is seen. */
const DOTS_UP_TO = 30;

export function epochOptions(
  { series, lastEpoch, format, markedEpoch }: EpochContent,
  colors: ChartColors,
): ChartOptions {
  const label = labelOptions(colors);
  return {
    color: [...colors.lines],
    grid: { left: 4, right: 14, top: 10, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: tooltipOptions(colors, (hovered) => tooltipText(hovered as Hovered[], format)),
    xAxis: {
      type: 'value',
      min: 1,
      max: Math.max(2, lastEpoch),
      axisLabel: { ...label, customValues: epochTicks(lastEpoch) },
      splitLine: { show: false },
      axisLine: { lineStyle: { color: colors.grid } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      scale: true,
      splitNumber: 4,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...label, formatter: (value: number) => String(Number(value.toPrecision(6))) },
      splitLine: { lineStyle: { color: colors.grid } },
    },
    series: series.map((line, index) => lineOf(line, index === 0 ? markedEpoch : null)),
  };
}

function lineOf(line: Series, markedEpoch: number | null): Record<string, unknown> {
  const showsDots = line.points.length < DOTS_UP_TO;
  return {
    type: 'line',
    name: line.name,
    data: line.points.map(([x, y]) => ({
      value: [x, y],
      ...(x === markedEpoch ? { symbol: 'circle', symbolSize: 9 } : { symbolSize: showsDots ? 4 : 0 }),
    })),
    symbol: 'circle',
    showSymbol: true,
    showAllSymbol: true,
    lineStyle: { width: 2 },
    emphasis: { disabled: true },
  };
}

interface Hovered {
  readonly seriesName: string;
  readonly value: readonly [number, number];
}

function tooltipText(hovered: readonly Hovered[], format: (value: number) => string): string {
  const lines = hovered.map(({ seriesName, value }) => `${seriesName}  ${format(value[1])}`);
  return [`epoch ${hovered[0]?.value[0] ?? ''}`, ...lines].join('\n');
}
