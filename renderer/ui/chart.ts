/** The one place that knows the chart library: what all charts share, and how options get onto a canvas. */

import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([LineChart, ScatterChart, CustomChart, GridComponent, VisualMapComponent, TooltipComponent, CanvasRenderer]);

export type Chart = ECharts;
export type ChartOptions = Parameters<ECharts['setOption']>[0];

export interface ChartColors {
  readonly lines: readonly string[];
  readonly text: string;
  readonly strong: string;
  readonly grid: string;
  readonly surface: string;
}

export const LINE_COLORS = 8;

/** Colours of the theme on show, as `ui/tokens.css` gives them. */
export function colorsOf(element: Element): ChartColors {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    lines: Array.from({ length: LINE_COLORS }, (_, i) => color(`series-${i + 1}`)),
    text: color('text-faint'),
    strong: color('text'),
    grid: color('line'),
    surface: color('surface-raised'),
  };
}

/** An empty chart in the element; the caller disposes of it. */
export function makeChart(element: HTMLElement): Chart {
  return init(element, null, { renderer: 'canvas' });
}

/** Puts options into a chart. Nothing is animated: a live curve that moves on its own misleads. */
export function drawChart(chart: Chart, options: ChartOptions): void {
  chart.setOption({ animation: false, ...options }, { notMerge: true });
}

/** A tooltip over all lines at once; `format` says its text of what the library tells of the points. */
export function tooltipOptions(colors: ChartColors, format: (hovered: unknown) => string): object {
  return {
    trigger: 'axis',
    // Drawn into the canvas: the other mode needs inline styles, which the page's policy forbids.
    renderMode: 'richText',
    confine: true,
    backgroundColor: colors.surface,
    borderColor: colors.grid,
    textStyle: { color: colors.text, fontSize: 12 },
    axisPointer: { lineStyle: { color: colors.text, type: 'dashed' } },
    formatter: format,
  };
}

export const labelOptions = (colors: ChartColors): object => ({ color: colors.text, fontSize: 11 });
