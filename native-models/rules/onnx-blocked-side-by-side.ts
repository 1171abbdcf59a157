/**
 * Convolutions over small maps. The runtime's kernel computes a row's outputs six at a time, so rows of seven cost nearly as
 * much as rows of twelve. Several images side by side, with as many columns of zeros between as the kernel reaches over an
 * edge, make long rows of short ones; what is computed for the columns between is cut away.
 */

import type { ConvAttrs } from '../core/primitives.ts';
import type { Emitter } from './emitter.ts';
import { reshaped } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

const WIDEST = 8; // columns of a map that others are put beside
const MOST = 8; // images in a row

/** A convolution at stride 1 over a blocked map, channels filled up. */
export interface DenseConv {
  readonly emit: Emitter;
  readonly x: string;
  readonly shape: Sizes;
  readonly kernel: readonly [number, number];
  /** Channels of the result, filled up. */
  readonly outputs: number;
  readonly attrs: Pick<ConvAttrs, 'pads' | 'dilations'>;
  readonly block: number;
}

/** How many images to put side by side; 1 where the map is best taken as it is. */
export function imagesInRow({ shape: [n, , , w], kernel: [, kw], attrs: { pads, dilations } }: DenseConv): number {
  const keepsWidth = pads[1] + pads[3] === dilations[1] * (kw - 1);
  if (kw === 1 || !keepsWidth || w > WIDEST || w % 6 === 0) return 1;
  for (let count = Math.min(n, MOST); count > 1; count--) if (n % count === 0) return count;
  return 1;
}

/** The convolution over such rows; `conv` writes it for a map that is as high and wide as it is told. */
export function sideBySide(task: DenseConv, count: number, conv: (x: string) => string): string {
  const { emit, x, shape, outputs, attrs, block } = task;
  const [n, c, h, w] = shape;
  const gap = Math.max(attrs.pads[1], attrs.pads[3]);
  const images = reshaped(emit, x, [n / count, count, (c / block) * h, w * block]);
  const beside = emit.one('Transpose', [images], { perm: [0, 2, 1, 3] });
  const apart = emit.one('Pad', [beside, emit.ints([0, 0, 0, 0, 0, 0, 0, gap * block])]);
  const made = conv(reshaped(emit, apart, [n / count, c, h, count * (w + gap)]));
  const height = h + attrs.pads[0] + attrs.pads[2] - attrs.dilations[0] * (task.kernel[0] - 1);
  const rows = (outputs / block) * height;
  const slots = reshaped(emit, made, [n / count, rows, count, (w + gap) * block]);
  const own = emit.one('Slice', [slots, emit.ints([0]), emit.ints([w * block]), emit.ints([3])]);
  return reshaped(emit, emit.one('Transpose', [own], { perm: [0, 2, 1, 3] }), [n, outputs, height, w]);
}
