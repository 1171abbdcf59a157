/** Which parameters a weight decay is for. */

import type { Shape } from '../core/shape.ts';

/** Matrices and filters alone: not biases, nor the scales of norms. */
export const decaysAllButVectors = (_: string, shape: Shape): boolean => shape.length > 1;
