/** Any three hyperparameters as a cube of points that is turned by pointer and by key, the metric as colour. */

import { type KeyboardEvent, type PointerEvent, type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { type ChartColors, colorsOf } from '../../ui/chart.ts';
import { cleared, shades } from '../../ui/paint.ts';
import { useSize } from '../../ui/use-size.ts';
import type { LiveSweep } from '../derive/live-sweep.ts';
import { fraction01, placeOf, type ScaledAxis, textAt } from '../derive/parallel.ts';
import { FIRST_VIEW, type Point3, seen, turned, type View } from '../derive/rotation.ts';
import { rangeOf } from '../derive/trial-columns.ts';

export interface ScatterCubeProps {
  readonly sweep: LiveSweep;
  readonly axes: readonly [ScaledAxis, ScaledAxis, ScaledAxis];
  readonly chosen: ReadonlySet<number> | null;
  readonly theme: string;
}

const TURN_RAD = Math.PI / 24; // for a key
const RAD_A_PX = 0.008;
const SHARE = 0.29; // half a side of the cube, of the smaller side of the canvas: its corners stay inside
const RADIUS_PX = 4;

export function ScatterCube({ sweep, axes, chosen, theme }: ScatterCubeProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(canvas);
  const [view, setView] = useState(FIRST_VIEW);
  const held = useRef<readonly [number, number] | null>(null);
  const points = useMemo(() => pointsOf(sweep, axes), [sweep, axes]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the size and the theme change what the canvas and its colours are
  useEffect(() => {
    draw(canvas.current!, points, axes, chosen, view);
  }, [points, axes, chosen, view, theme, width, height]);

  const keys: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-TURN_RAD, 0],
    ArrowRight: [TURN_RAD, 0],
    ArrowUp: [0, TURN_RAD],
    ArrowDown: [0, -TURN_RAD],
  };
  const press = (event: KeyboardEvent) => {
    const turn = keys[event.key];
    if (turn === undefined && event.key !== 'Home') return;
    event.preventDefault();
    setView((before) => (turn === undefined ? FIRST_VIEW : turned(before, ...turn)));
  };
  const drag = ({ clientX, clientY }: PointerEvent) => {
    if (held.current === null) return;
    const [fromX, fromY] = held.current;
    held.current = [clientX, clientY];
    setView((before) => turned(before, (clientX - fromX) * RAD_A_PX, (clientY - fromY) * RAD_A_PX));
  };
  const letGo = () => {
    held.current = null;
  };
  const names = axes.map(({ name }) => name).join(', ');
  const degrees = (rad: number) => Math.round((180 * rad) / Math.PI);
  return (
    <canvas
      ref={canvas}
      className="scatter-cube"
      role="slider"
      tabIndex={0}
      aria-label={`${points.length} trials by ${names}; arrow keys turn it`}
      aria-valuenow={degrees(view.yawRad)}
      aria-valuetext={`turned by ${degrees(view.yawRad)} and tilted by ${degrees(view.pitchRad)} degrees`}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = [event.clientX, event.clientY];
      }}
      onPointerMove={drag}
      onPointerUp={letGo}
      onPointerCancel={letGo}
    />
  );
}

interface CubePoint {
  readonly trial: number;
  readonly at: Point3;
  readonly goodness01: number;
}

/** Trials that have all three. */
function pointsOf({ trials, primary_metric: metric }: LiveSweep, axes: readonly ScaledAxis[]): CubePoint[] {
  const [low, high] = rangeOf(trials);
  return trials.flatMap((trial) => {
    const places = axes.map((axis) => placeOf(axis, trial, metric));
    if (trial.best === null || places.includes(null)) return [];
    const [x, y, z] = places.map((place, i) => 2 * fraction01(axes[i]!, place!) - 1);
    return [{ trial: trial.number, at: [x!, y!, z!], goodness01: high > low ? (trial.best - low) / (high - low) : 1 }];
  });
}

const SIGNS = [-1, 1] as const;
const EDGES: readonly (readonly [Point3, Point3])[] = SIGNS.flatMap((a) =>
  SIGNS.flatMap((b): [Point3, Point3][] => [
    [
      [-1, a, b],
      [1, a, b],
    ],
    [
      [a, -1, b],
      [a, 1, b],
    ],
    [
      [a, b, -1],
      [a, b, 1],
    ],
  ]),
);

function draw(
  canvas: HTMLCanvasElement,
  points: readonly CubePoint[],
  axes: readonly ScaledAxis[],
  chosen: ReadonlySet<number> | null,
  view: View,
): void {
  const fresh = cleared(canvas);
  if (fresh === null) return;
  const { context, width, height } = fresh;
  const colors = colorsOf(canvas);
  const half = SHARE * Math.min(width, height);
  const place = (point: Point3): readonly [number, number, number] => {
    const [right, up, near] = seen(point, view);
    return [width / 2 + right * half, height / 2 - up * half, near];
  };
  context.strokeStyle = colors.grid;
  for (const [from, to] of EDGES) {
    context.beginPath();
    for (const end of [from, to]) {
      const [x, y] = place(end);
      context.lineTo(x, y);
    }
    context.stroke();
  }
  nameAxes(context, axes, colors, (point) => place(point));
  const shade = shades(colors.grid, colors.lines[0]!);
  const inOrder = points.map((point) => ({ ...point, seen: place(point.at) })).sort((a, b) => a.seen[2] - b.seen[2]);
  context.strokeStyle = colors.text;
  context.lineWidth = 0.6;
  for (const {
    trial,
    goodness01,
    seen: [x, y],
  } of inOrder) {
    context.globalAlpha = chosen === null || chosen.has(trial) ? 1 : 0.12;
    context.fillStyle = shade(goodness01);
    context.beginPath();
    context.arc(x, y, RADIUS_PX, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/** Each at one of its edges, with both ends. */
function nameAxes(
  context: CanvasRenderingContext2D,
  axes: readonly ScaledAxis[],
  colors: ChartColors,
  place: (point: Point3) => readonly [number, number, number],
): void {
  const along: readonly ((at: number) => Point3)[] = [(x) => [x, -1, 1], (y) => [-1, y, 1], (z) => [1, -1, z]];
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'center';
  axes.forEach((axis, i) => {
    for (const [at, text, color] of [
      [-0.85, textAt(axis, axis.low), colors.text],
      [0, axis.name, colors.strong],
      [0.85, textAt(axis, axis.high), colors.text],
    ] as const) {
      const [x, y] = place(along[i]!(at));
      context.fillStyle = color;
      context.fillText(text, x, y + (i === 1 ? 0 : 14));
    }
  });
}
