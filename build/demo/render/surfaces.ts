/** All surfaces a scene may stand on. */

import type { Rng } from '../../../native-models/core/rng.ts';
import { oneOf } from './draw.ts';
import { brushedSteel, concrete, paintedSheet } from './surfaces/hard.ts';
import { withMarks } from './surfaces/marks.ts';
import { cardboard, cuttingMat, paper, wood } from './surfaces/soft.ts';
import type { Surface, SurfaceKind } from './surfaces/surface.ts';

const KINDS: readonly SurfaceKind[] = [brushedSteel, concrete, paintedSheet, wood, cardboard, cuttingMat, paper];

/** A random surface with the marks of use on it. */
export const drawSurface = (rng: Rng): Surface => withMarks(oneOf(rng, KINDS)(rng), rng);
