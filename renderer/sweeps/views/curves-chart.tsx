/** The metric of every trial, epoch by epoch; those that are not chosen stay in the background. */

import { type ReactElement, useEffect, useRef } from 'react';
import { colorsOf } from '../../ui/chart.ts';
import { formatMetric } from '../../ui/format.ts';
import { paintInFrames, shades } from '../../ui/paint.ts';
import { useSize } from '../../ui/use-size.ts';
import type { LiveSweep } from '../derive/live-sweep.ts';
import { rangeOf } from '../derive/trial-columns.ts';

export interface CurvesChartProps {
  readonly sweep: LiveSweep;
  readonly chosen: ReadonlySet<number> | null;
  readonly theme: string;
}

const MARGIN = { left: 52, right: 10, top: 8, bottom: 22 } as const;
const CURVES_A_FRAME = 60; // of 32 points each
const LEFT_OUT_ALPHA = 0.08;

export function CurvesChart({ sweep, chosen, theme }: CurvesChartProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(canvas);
  const { trials, primary_metric: metric } = sweep;
  const reporting = trials.filter(({ curve }) => curve.length > 0);
  const last = Math.max(2, ...reporting.map(({ curve }) => curve.at(-1)![0]));
  const [low, high] = rangeOf(trials);
  // biome-ignore lint/correctness/useExhaustiveDependencies: all else follows from these
  useEffect(() => {
    const colors = colorsOf(canvas.current!);
    const shade = shades(colors.grid, colors.lines[0]!);
    const spread = high > low ? high - low : 1;
    const inOrder = reporting.toSorted((a, b) => (a.best ?? low) - (b.best ?? low));
    return paintInFrames(canvas.current!, inOrder.length, CURVES_A_FRAME, (context, i, across, down) => {
      const { number, curve, best } = inOrder[i]!;
      const x = (epoch: number) => MARGIN.left + ((epoch - 1) / (last - 1)) * (across - MARGIN.left - MARGIN.right);
      const y = (value: number) =>
        down - MARGIN.bottom - ((value - low) / spread) * (down - MARGIN.top - MARGIN.bottom);
      context.globalAlpha = chosen === null || chosen.has(number) ? 0.7 : LEFT_OUT_ALPHA;
      context.strokeStyle = shade(((best ?? low) - low) / spread);
      context.lineWidth = 1.2;
      context.beginPath();
      for (const [epoch, value] of curve) context.lineTo(x(epoch), y(value));
      if (curve.length === 1) context.lineTo(x(curve[0]![0]) + 2, y(curve[0]![1]));
      context.stroke();
    });
  }, [trials, chosen, theme, width, height]);
  return (
    <div className="curves-box">
      <canvas
        ref={canvas}
        className="curves-lines"
        role="img"
        aria-label={`${metric} of ${reporting.length} trials by epoch`}
      />
      <span className="curves-high">{formatMetric(high)}</span>
      <span className="curves-low">{formatMetric(low)}</span>
      <span className="curves-first">1</span>
      <span className="curves-last">{last}</span>
    </div>
  );
}
