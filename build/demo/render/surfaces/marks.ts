/** What a bench gathers: pencil lines, oil, filings. Laid over any surface. */

import type { Rng } from '../../../../native-models/core/rng.ts';
import { between, chance, integerBetween } from '../draw.ts';
import type { Rgb } from '../materials.ts';
import { drawSeed, fractal2, noise2, smoothstep } from '../noise.ts';
import { blend, dim, type Surface } from './surface.ts';

const GRAPHITE: Rgb = [0.05, 0.05, 0.055];

interface Stroke {
  readonly x: number;
  readonly y: number;
  readonly towardsX: number;
  readonly towardsY: number;
  readonly length: number;
  /** 0 for a straight line, else the radius of the arc that the stroke is part of. */
  readonly arcRadius: number;
  readonly halfWidth: number;
  readonly strength01: number;
}

/** The surface with a few pencil strokes, oil stains and specks drawn on it. */
export function withMarks(surface: Surface, rng: Rng): Surface {
  const strokes = chance(rng, 0.45) ? Array.from({ length: integerBetween(rng, 1, 4) }, () => drawStroke(rng)) : [];
  const oil = chance(rng, 0.35) ? between(rng, 0.62, 0.72) : 2;
  const specks = chance(rng, 0.5) ? between(rng, 0.93, 0.985) : 2;
  const seed = drawSeed(rng);
  return {
    ...surface,
    paint(x, y, out) {
      surface.paint(x, y, out);
      for (const stroke of strokes) blend(out, GRAPHITE, coverage(stroke, x, y, seed));
      if (oil < 1) {
        const wet = smoothstep(oil, oil + 0.03, fractal2(x * 1.8 + 31, y * 1.8 + 17, 2, seed + 2));
        dim(out, 1 - 0.5 * wet);
        out[3] = Math.max(out[3]!, 0.2 * wet);
      }
      if (specks < 1) blend(out, GRAPHITE, 0.8 * smoothstep(specks, specks + 0.01, noise2(x * 120, y * 120, seed + 3)));
    },
  };
}

function drawStroke(rng: Rng): Stroke {
  const angle = between(rng, 0, 2 * Math.PI);
  return {
    x: between(rng, -0.6, 0.6),
    y: between(rng, -0.6, 0.6),
    towardsX: Math.cos(angle),
    towardsY: Math.sin(angle),
    length: between(rng, 0.2, 1.2),
    arcRadius: chance(rng, 0.35) ? between(rng, 0.08, 0.5) : 0,
    halfWidth: between(rng, 0.002, 0.005),
    strength01: between(rng, 0.25, 0.75),
  };
}

/** How much graphite a place carries, 0 to 1. */
function coverage(stroke: Stroke, x: number, y: number, seed: number): number {
  const dx = x - stroke.x;
  const dy = y - stroke.y;
  const along = dx * stroke.towardsX + dy * stroke.towardsY;
  const across = dy * stroke.towardsX - dx * stroke.towardsY;
  const distance = stroke.arcRadius > 0 ? Math.hypot(dx, dy) - stroke.arcRadius : across;
  if (Math.abs(distance) > 2 * stroke.halfWidth) return 0;
  if (stroke.arcRadius > 0 ? along < -0.6 * stroke.arcRadius : along < 0 || along > stroke.length) return 0;
  const grain = 0.5 + 0.8 * noise2(x * 150, y * 150, seed);
  return Math.min(1, stroke.strength01 * grain * (1 - smoothstep(0.6, 2, Math.abs(distance) / stroke.halfWidth)));
}
