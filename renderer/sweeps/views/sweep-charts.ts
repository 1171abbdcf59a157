/** Options of the charts of a sweep. */

import { type ChartColors, type ChartOptions, labelOptions } from '../../ui/chart.ts';
import { formatDuration } from '../../ui/format.ts';
import type { LiveSweep } from '../derive/live-sweep.ts';
import { type Axis, bestSoFar, placeOn, rangeOf, spansOf } from '../derive/trial-columns.ts';

const GRID = { left: 8, right: 18, top: 12, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' };

const valueAxis = (colors: ChartColors, name = ''): object => ({
  type: 'value',
  scale: true,
  name,
  nameTextStyle: { color: colors.text },
  axisLine: { lineStyle: { color: colors.grid } },
  axisLabel: { ...labelOptions(colors), formatter: short },
  splitLine: { lineStyle: { color: colors.grid } },
});

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** Colours from the worst to the best trial. */
const metricColours = (sweep: LiveSweep, colors: ChartColors, dimension: number): object => {
  const [min, max] = rangeOf(sweep.trials);
  return { show: false, type: 'continuous', min, max, dimension, inRange: { color: [colors.grid, colors.lines[0]] } };
};

/** Two hyperparameters, or one and the metric, with the metric as colour. */
export function scatterOptions(sweep: LiveSweep, x: Axis, y: Axis, colors: ChartColors): ChartOptions {
  const metric = sweep.primary_metric;
  const points = sweep.trials.flatMap((trial) => {
    const [at, up] = [placeOn(x, trial, metric), placeOn(y, trial, metric)];
    return at === null || up === null || trial.best === null ? [] : [[at, up, trial.best]];
  });
  const axis = ({ name, categories, isLog }: Axis) => ({
    ...valueAxis(colors, name),
    nameLocation: 'middle',
    nameGap: 26,
    ...(categories === null
      ? { type: isLog ? 'log' : 'value' }
      : { type: 'category', data: [...categories], axisLabel: labelOptions(colors) }),
  });
  return {
    grid: { ...GRID, left: 30, bottom: 26 },
    xAxis: axis(x),
    yAxis: { ...axis(y), nameGap: 40 },
    visualMap: metricColours(sweep, colors, 2),
    series: [
      {
        type: 'scatter',
        data: points,
        symbolSize: 9,
        progressive: 500,
        itemStyle: { borderColor: colors.text, borderWidth: 0.5 },
      },
    ],
  };
}

/** Each trial's best, and the best of all so far as steps. */
export function bestOptions(sweep: LiveSweep, colors: ChartColors): ChartOptions {
  const dots = sweep.trials.flatMap(({ number, best }) => (best === null ? [] : [[number, best]]));
  return {
    grid: GRID,
    xAxis: { ...valueAxis(colors), min: 1, minInterval: 1 },
    yAxis: valueAxis(colors),
    series: [
      {
        type: 'line',
        step: 'end',
        data: bestSoFar(sweep.trials).map((point) => [...point]),
        showSymbol: false,
        lineStyle: { width: 2, color: colors.lines[0] },
      },
      { type: 'scatter', data: dots, symbolSize: 6, itemStyle: { color: colors.lines[1] } },
    ],
  };
}

/** When which trial was on which device. */
export function timelineOptions(sweep: LiveSweep, nowMs: number, colors: ChartColors): ChartOptions {
  const spans = spansOf(sweep, nowMs);
  const lanes = [...new Set(spans.map(({ lane }) => lane))].sort();
  const start = Math.min(...spans.map(({ fromMs }) => fromMs));
  const colourOf = (state: string) =>
    colors.lines[state === 'completed' ? 2 : state === 'running' ? 0 : state === 'stopped' ? 1 : 4];
  return {
    grid: GRID,
    xAxis: {
      ...valueAxis(colors),
      min: 0,
      scale: false,
      axisLabel: { ...labelOptions(colors), hideOverlap: true, formatter: (ms: number) => formatDuration(ms / 1000) },
    },
    yAxis: {
      type: 'category',
      data: lanes,
      axisLabel: labelOptions(colors),
      axisLine: { lineStyle: { color: colors.grid } },
    },
    series: [
      {
        type: 'custom',
        data: spans.map(({ lane, fromMs, toMs, state }) => ({
          value: [fromMs - start, toMs - start, lanes.indexOf(lane)],
          itemStyle: { color: colourOf(state) },
        })),
        encode: { x: [0, 1], y: 2 },
        renderItem: bar as never,
      },
    ],
  };
}

interface BarApi {
  value(dimension: number): number;
  coord(point: readonly [number, number]): [number, number];
  size(point: readonly [number, number]): [number, number];
  style(): object;
}

const BAR_SHARE = 0.6; // of a row's height

function bar(_: unknown, api: BarApi): object {
  const [x, y] = api.coord([api.value(0), api.value(2)]);
  const [end] = api.coord([api.value(1), api.value(2)]);
  const height = Math.min(28, api.size([0, 1])[1] * BAR_SHARE);
  return { type: 'rect', shape: { x, y: y - height / 2, width: Math.max(2, end - x - 1), height }, style: api.style() };
}
