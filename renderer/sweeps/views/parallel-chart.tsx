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
const LINES_A_FRAME = 200;
const LEFT_OUT_ALPHA = 0.07;

export function ParallelChart({ sweep, theme, brushes, onBrush }: ParallelChartProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [order, setOrder] = useState<readonly string[]>([]);
  const axes = useMemo(() => scaledAxes(sweep, order), [sweep, order]);
  const names = axes.map(({ name }) => name);
  return (
    <div className="parallel" ref={box}>
      <Lines {...{ sweep, axes, brushes, theme }} />
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
  readonly brushes: Brushes;
  readonly theme: string;
}

function Lines({ sweep, axes, brushes, theme }: LinesProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(canvas);
  const lines = useMemo(() => linesOf(sweep, axes), [sweep, axes]);
  const [left, taken] = useMemo(() => parted(lines, axes, brushes), [lines, axes, brushes]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the size and the theme change what the canvas and its colours are
  useEffect(() => {
    const colors = colorsOf(canvas.current!);
    const shade = shades(colors.grid, colors.lines[0]!);
    // Those left out first, and the best last: what matters is never covered.
    const inOrder = [...left, ...taken];
    return paintInFrames(canvas.current!, inOrder.length, LINES_A_FRAME, (context, i, across, down) => {
      const { places, goodness01 } = inOrder[i]!;
      const span = down - MARGIN.top - MARGIN.bottom;
      context.globalAlpha = i < left.length ? LEFT_OUT_ALPHA : 0.75;
      context.strokeStyle = shade(goodness01);
      context.lineWidth = 1.4;
      context.beginPath();
      for (let k = 0; k < places.length; k++) {
        const place = places[k]!;
        const y = place === null ? down - MARGIN.bottom / 2 : down - MARGIN.bottom - place * span;
        context.lineTo(((k + 0.5) / places.length) * across, y);
      }
      context.stroke();
    });
  }, [left, taken, theme, width, height]);
  const label = `Parallel coordinates of ${lines.length} trials, ${left.length === 0 ? 'all' : taken.length} chosen`;
  return <canvas ref={canvas} className="parallel-lines" role="img" aria-label={label} />;
}

/** Those outside of any brush, and those inside all of them; each in the order they were in. */
function parted(lines: readonly Line[], axes: readonly ScaledAxis[], brushes: Brushes): readonly [Line[], Line[]] {
  const limits = axes.flatMap((axis, k) => {
    const brush = brushes.get(axis.name);
    return brush === undefined ? [] : [{ k, low: fraction01(axis, brush[0]), high: fraction01(axis, brush[1]) }];
  });
  const [left, taken]: [Line[], Line[]] = [[], []];
  for (const line of lines) {
    const isIn = limits.every(({ k, low, high }) => {
      const place = line.places[k]!;
      return place !== null && place >= low && place <= high;
    });
    (isIn ? taken : left).push(line);
  }
  return [left, taken];
}

interface Line {
  /** A fraction of each axis, from its low end; null where the trial has no such value. */
  readonly places: readonly (number | null)[];
  readonly goodness01: number;
}

/** The poorest first. */
function linesOf({ trials, primary_metric: metric }: LiveSweep, axes: readonly ScaledAxis[]): Line[] {
  const [low, high] = rangeOf(trials);
  const lines = trials.flatMap((trial): Line[] => {
    if (trial.best === null) return [];
    const places = axes.map((axis) => {
      const place = placeOf(axis, trial, metric);
      return place === null ? null : fraction01(axis, place);
    });
    return [{ places, goodness01: high > low ? (trial.best - low) / (high - low) : 1 }];
  });
  return lines.sort((a, b) => a.goodness01 - b.goodness01);
}
