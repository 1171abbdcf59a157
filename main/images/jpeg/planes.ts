/** Where the samples of a picture's components lie while it is decoded. */

import type { Workspace } from '../simd/kernels.ts';
import type { JpegFrame } from './frame.ts';

/** Side of what a block of 8 x 8 becomes, in samples. */
export type BlockSide = 1 | 2 | 4 | 8;

/** A component's samples, row by row. */
export interface Plane {
  readonly side: BlockSide;
  /** How many of its samples belong to the picture. */
  readonly width: number;
  readonly height: number;
  /** Bytes of a row: whole units. */
  readonly stride: number;
  /** In the workspace. */
  readonly address: number;
}

/** Room for each component, of which blocks become `side` samples wide. */
export function allocatePlanes(
  workspace: Workspace,
  { width, height, components }: JpegFrame,
  side: BlockSide,
): Plane[] {
  const { h: maxH, v: maxV } = components[0]!;
  const unitsAcross = Math.ceil(width / (8 * maxH));
  const unitsDown = Math.ceil(height / (8 * maxV));
  return components.map(({ h, v }) => {
    // Chroma of half resolution needs no enlarging when its blocks are made larger instead.
    const own = (side < 8 && maxH === 2 * h && maxV === 2 * v ? side * 2 : side) as BlockSide;
    const stride = unitsAcross * h * own;
    return {
      side: own,
      width: Math.ceil((width * h * own) / (8 * maxH)),
      height: Math.ceil((height * v * own) / (8 * maxV)),
      stride,
      address: workspace.allocate(stride * unitsDown * v * own),
    };
  });
}
