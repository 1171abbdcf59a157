/**
 * Parallel coordinates: a line a trial across all that was drawn, to the metric. Ranges are brushed and axes moved by
 * pointer and by key; what is chosen stays chosen while trials come in.
 */

import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { colorsOf } from '../../ui/chart.ts';
import { paintInFrames, shades } from '../../ui/paint.ts';
import { useSize } from '../../ui/use-size.ts';
import type { LiveSweep } from '../derive/live-sweep.ts';
import {
  type Brushes,
  chosenTrials,
  fraction01,
  movedTo,
  placeOf,
  type ScaledAxis,
  scaledAxes,
  withBrush,
} from '../derive/parallel.ts';
import { rangeOf } from '../derive/trial-columns.ts';
import { ParallelAxis } from './parallel-axis.tsx';

export interface ParallelChartProps {
  readonly sweep: LiveSweep;
  readonly theme: string;
  readonly brushes: Brushes;
  readonly onBrush: (brushes: Brushes) => void;
}

/** Room above and below the axes, in pixels; trials without a value pass below. The stylesheet has the same numbers. */
const MARGIN = { top: 44, bottom: 30 } as const;
const LINES_A_FRAME = 250;
const LEFT_OUT_ALPHA = 0.07;

export function ParallelChart({ sweep, theme, brushes, onBrush }: ParallelChartProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [order, setOrder] = useState<readonly string[]>([]);
  const axes = useMemo(() => scaledAxes(sweep, order), [sweep, order]);
  const names = axes.map(({ name }) => name);
  const chosen = useMemo(() => chosenTrials(sweep, brushes), [sweep, brushes]);
  return (
    <div className="parallel" ref={box}>
      <Lines {...{ sweep, axes, chosen, theme }} />
      {axes.map((axis, i) => (
        <ParallelAxis
          key={axis.name}
          axis={axis}
          at01={(i + 0.5) / axes.length}
          position={i}
          count={axes.length}
          brush={brushes.get(axis.name) ?? null}
          onBrush={(range) => onBrush(withBrush(brushes, axis, range))}
          onMove={(to) => setOrder(movedTo(names, axis.name, to))}
          positionOf={(clientX) => positionAt(box.current!, clientX, axes.length)}
        />
      ))}
    </div>
  );
}

function positionAt(box: HTMLElement, clientX: number, count: number): number {
  const { left, width } = box.getBoundingClientRect();
  return Math.max(0, Math.min(count - 1, Math.floor(((clientX - left) / width) * count)));
}

interface LinesProps {
  readonly sweep: LiveSweep;
  readonly axes: readonly ScaledAxis[];
  readonly chosen: ReadonlySet<number> | null;
  readonly theme: string;
}

function Lines({ sweep, axes, chosen, theme }: LinesProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(canvas);
  const lines = useMemo(() => linesOf(sweep, axes), [sweep, axes]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the size and the theme change what the canvas and its colours are
  useEffect(() => {
    const colors = colorsOf(canvas.current!);
    const shade = shades(colors.grid, colors.lines[0]!);
    const isIn = ({ trial }: Line) => chosen === null || chosen.has(trial);
    // Those left out first, and the best last: what matters is never covered.
    const inOrder = lines.toSorted((a, b) => Number(isIn(a)) - Number(isIn(b)) || a.goodness01 - b.goodness01);
    return paintInFrames(canvas.current!, inOrder.length, LINES_A_FRAME, (context, i, across, down) => {
      const line = inOrder[i]!;
      context.globalAlpha = isIn(line) ? 0.75 : LEFT_OUT_ALPHA;
      context.strokeStyle = shade(line.goodness01);
      context.lineWidth = 1.4;
      context.beginPath();
      line.places.forEach((place, k) => {
        const y =
          place === null
            ? down - MARGIN.bottom / 2
            : down - MARGIN.bottom - place * (down - MARGIN.top - MARGIN.bottom);
        context.lineTo(((k + 0.5) / line.places.length) * across, y);
      });
      context.stroke();
    });
  }, [lines, chosen, theme, width, height]);
  const label = `Parallel coordinates of ${lines.length} trials, ${chosen === null ? 'all' : chosen.size} chosen`;
  return <canvas ref={canvas} className="parallel-lines" role="img" aria-label={label} />;
}

interface Line {
  readonly trial: number;
  /** A fraction of each axis, from its low end; null where the trial has no such value. */
  readonly places: readonly (number | null)[];
  readonly goodness01: number;
}

function linesOf({ trials, primary_metric: metric }: LiveSweep, axes: readonly ScaledAxis[]): Line[] {
  const [low, high] = rangeOf(trials);
  return trials.flatMap((trial) => {
    if (trial.best === null) return [];
    const places = axes.map((axis) => {
      const place = placeOf(axis, trial, metric);
      return place === null ? null : fraction01(axis, place);
    });
    return [{ trial: trial.number, places, goodness01: high > low ? (trial.best - low) / (high - low) : 1 }];
  });
}
