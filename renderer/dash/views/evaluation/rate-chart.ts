/** A chart of lines over [0, 1]: rates, shares, scores. */

import { type ChartColors, type ChartOptions, labelOptions, tooltipOptions } from '../../../ui/chart.ts';
import { type CurveChart, type CurveLine, heightsAt } from '../../derive/evaluation-curves.ts';
import type { Point } from '../../derive/series.ts';
import { dashOf, strokeOf } from './line-look.ts';

/** A tooltip of more lines hides the chart. */
const LINES_TOLD = 9;

export function rateOptions(chart: CurveChart, colors: ChartColors): ChartOptions {
  const axis = {
    type: 'value',
    min: 0,
    axisTick: { show: false },
    axisLabel: labelOptions(colors),
    nameLocation: 'middle',
    nameTextStyle: { color: colors.text, fontSize: 11 },
    axisLine: { lineStyle: { color: colors.grid } },
    splitLine: { lineStyle: { color: colors.grid } },
  };
  return {
    grid: { left: 6, right: 16, top: 10, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    tooltip: tooltipOptions(colors, (hovered) => tooltipText(hovered as Hovered[], chart)),
    xAxis: { ...axis, max: 1, name: chart.xName, nameGap: 22 },
    yAxis: {
      ...axis,
      ...(chart.highest === null ? {} : { max: chart.highest }),
      name: chart.yName,
      nameGap: 32,
      splitNumber: 5,
    },
    series: [baselineOf(chart.baseline, colors), ...chart.lines.map((line) => seriesOf(line, chart.hasMarks, colors))],
  } as ChartOptions;
}

function baselineOf(points: readonly Point[], colors: ChartColors): object {
  return {
    type: 'line',
    name: '',
    data: points.map((point) => [...point]),
    symbol: 'none',
    silent: true,
    lineStyle: { width: 1, type: [3, 4], color: colors.text },
    z: 1,
  };
}

function seriesOf({ name, place, isClass, points }: CurveLine, hasMarks: boolean, colors: ChartColors): object {
  const color = strokeOf(place, colors);
  return {
    type: 'line',
    name,
    data: points.map((point) => [...point]),
    symbol: 'circle',
    symbolSize: hasMarks ? 6 : 0,
    itemStyle: { color },
    lineStyle: { width: isClass ? 1.5 : 2.25, color, type: dashOf(place) },
    emphasis: { disabled: true },
    z: isClass ? 2 : 3,
  };
}

interface Hovered {
  readonly axisValue: number;
}

/** The library tells of the nearest points only; a person wants to compare all lines at one place. */
function tooltipText(hovered: readonly Hovered[], chart: CurveChart): string {
  const place = hovered[0]?.axisValue ?? 0;
  const heights = heightsAt(chart, place);
  const told = heights.slice(0, LINES_TOLD).map(({ name, height }) => `${height.toFixed(3)}  ${name}`);
  const more = heights.length > LINES_TOLD ? [`… and ${heights.length - LINES_TOLD} more`] : [];
  return [`${chart.xName} ${place.toFixed(3)}`, ...told, ...more].join('\n');
}
