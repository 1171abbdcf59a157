/**
 * Masks that a model tells as mixes: one set of prototypes for the picture, and for each thing how much of each of them is in
 * its own mask.
 * Source: Bolya et al. 2019, "YOLACT: Real-time Instance Segmentation", https://arxiv.org/abs/1904.02689, section 3.2, eq. 1:
 * the sigmoid of prototypes times coefficients, cropped to the box, from a half on the thing's; made larger before it is told
 * apart, so that edges are as fine as the picture's pixels.
 */

import { type Between, bilinear } from '../../../native-models/geometry/bilinear.ts';
import type { Xyxy } from '../../../native-models/geometry/box.ts';
import { type Mask, maskFromPart } from '../../../native-models/geometry/mask.ts';
import { mapOf } from '../../images/objects/canvas-view.ts';
import { sigmoid } from '../probabilities.ts';
import { type Floats, misfit, type Shown, wholePixels } from './answer-parts.ts';

const THRESHOLD = 0.5;

export interface Prototypes {
  readonly data: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** Shapes: [1,K,H,W]. Errors: model-invalid. */
export function prototypesOf(values: Floats, name: string): Prototypes {
  const [one, count, height, width, ...more] = values.dims;
  const isWhole = one === 1 && width !== undefined && more.length === 0;
  if (!isWhole) throw misfit(name, values, 'one set of masks, [1,K,H,W]');
  return { data: values.data, count: count!, height: height!, width };
}

/** Shapes: coefficients [K]. Units: box in pixels of the picture. */
export function mixedMask(prototypes: Prototypes, coefficients: ArrayLike<number>, box: Xyxy, shown: Shown): Mask {
  const area = wholePixels(box, shown.size);
  const [x0, y0, x1, y1] = area;
  const across = placesAlong(x0, x1, (x) => cellAcross(prototypes, shown, x), prototypes.width);
  const down = placesAlong(y0, y1, (y) => cellDown(prototypes, shown, y), prototypes.height);
  const mixed = mixedPart(prototypes, coefficients, across, down);
  const part = new Uint8Array((x1 - x0) * (y1 - y0));
  const at = (y: number, x: number) => mixed[(y - down.first) * across.count + x - across.first]!;
  let next = 0;
  for (const row of down.places)
    for (const column of across.places) part[next++] = bilinear(at, row, column) > THRESHOLD ? 1 : 0;
  return maskFromPart(part, area, shown.size);
}

/** The middle of a pixel of the picture, in cells of the prototypes. */
function cellAcross({ width }: Prototypes, { input, placement }: Shown, x: number): number {
  const { xx, x0 } = mapOf(placement);
  return (((x + 0.5) * xx + x0) * width) / input.width - 0.5;
}

function cellDown({ height }: Prototypes, { input, placement }: Shown, y: number): number {
  const { yy, y0 } = mapOf(placement);
  return (((y + 0.5) * yy + y0) * height) / input.height - 0.5;
}

/** The cells that some pixels in a row lie between. */
interface Places {
  readonly places: readonly Between[];
  readonly first: number;
  readonly count: number;
}

function placesAlong(from: number, to: number, cellOf: (pixel: number) => number, cells: number): Places {
  const places = Array.from({ length: to - from }, (_, i) => {
    const cell = Math.min(Math.max(cellOf(from + i), 0), cells - 1);
    const low = Math.floor(cell);
    return { low, high: Math.min(low + 1, cells - 1), share: cell - low };
  });
  const first = places[0]?.low ?? 0;
  return { places, first, count: (places.at(-1)?.high ?? first) - first + 1 };
}

/** How much each cell there is the thing's, in [0,1], row by row. */
function mixedPart(
  { data, count, height, width }: Prototypes,
  coefficients: ArrayLike<number>,
  across: Places,
  down: Places,
): Float32Array {
  const mixed = new Float32Array(across.count * down.count);
  for (let k = 0; k < count; k++) {
    const coefficient = coefficients[k]!;
    for (let y = 0; y < down.count; y++) {
      const from = (k * height + down.first + y) * width + across.first;
      for (let x = 0; x < across.count; x++) mixed[y * across.count + x]! += coefficient * data[from + x]!;
    }
  }
  return mixed.map(sigmoid);
}
