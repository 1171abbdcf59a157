/** The one place that knows the chart library: a line chart of series over epochs. */

import { LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { epochTicks, type Series } from '../derive/series.ts';

use([LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

export interface ChartContent {
  readonly series: readonly Series[];
  readonly lastEpoch: number;
  readonly format: (value: number) => string;
  /** An epoch to mark on the first line. */
  readonly markedEpoch: number | null;
}

export interface ChartColors {
  readonly lines: readonly string[];
  readonly text: string;
  readonly grid: string;
  readonly surface: string;
}

type Options = Parameters<ECharts['setOption']>[0];

/** Fewer points than this are drawn as dots too, so that a first epoch is seen. */
const DOTS_UP_TO = 30;

/** Colours of the theme on show, as `ui/tokens.css` gives them. */
export function colorsOf(element: Element): ChartColors {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    lines: [color('series-1'), color('series-2'), color('series-3')],
    text: color('text-faint'),
    grid: color('line'),
    surface: color('surface-raised'),
  };
}

/** An empty chart in the element; the caller disposes of it. */
export function makeChart(element: HTMLElement): ECharts {
  return init(element, null, { renderer: 'canvas' });
}

/** Puts content into a chart. Nothing is animated: a live curve that moves on its own misleads. */
export function drawChart(chart: ECharts, content: ChartContent, colors: ChartColors): void {
  chart.setOption(optionsOf(content, colors), { notMerge: true });
}

function optionsOf({ series, lastEpoch, format, markedEpoch }: ChartContent, colors: ChartColors): Options {
  const label = { color: colors.text, fontSize: 11 };
  return {
    animation: false,
    color: [...colors.lines],
    grid: { left: 4, right: 14, top: 10, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'axis',
      // Drawn into the canvas: the other mode needs inline styles, which the page's policy forbids.
      renderMode: 'richText',
      backgroundColor: colors.surface,
      borderColor: colors.grid,
      textStyle: { color: colors.text, fontSize: 12 },
      axisPointer: { lineStyle: { color: colors.text, type: 'dashed' } },
      formatter: (hovered: unknown) => tooltipText(hovered as Hovered[], format),
    },
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
