/** From planes of Y, Cb, Cr, or of grey, to rows of RGB. */

import type { Workspace } from '../simd/kernels.ts';
import type { Plane } from './planes.ts';

/** libjpeg's rounding, which alternates so that the mean stays: in sixteenths where chroma is enlarged both ways. */
const ROUND_BOTH_WAYS = [8, 7] as const;
const ROUND_ACROSS = [4, 8] as const;

/** Narrower chroma is repeated instead of filtered. */
const NARROWEST_FILTERED = 3;

/** Addresses of the rows being worked on. */
export interface RowScratch {
  readonly blue: number;
  readonly red: number;
  readonly sums: number;
  /** Rows of RGB without gaps. */
  readonly out: number;
}

export function allocateRows(workspace: Workspace, width: number, height: number): RowScratch {
  const row = () => workspace.allocate(width);
  return {
    blue: row(),
    red: row(),
    sums: workspace.allocate(2 * width),
    out: workspace.allocate(3 * width * height),
  };
}

/** Shapes: planes of one (grey) or three components -> [height, width, 3], at `rows.out`. */
export function toRgb(
  workspace: Workspace,
  planes: readonly Plane[],
  rows: RowScratch,
  width: number,
  height: number,
): void {
  const [luma, cb, cr] = planes as [Plane, Plane?, Plane?];
  const { blue, red, out } = rows;
  if (cb === undefined || cr === undefined) workspace.bytes(blue, width).fill(128);
  for (let y = 0; y < height; y++) {
    const from = luma.address + y * luma.stride;
    const to = out + y * width * 3;
    if (cb === undefined || cr === undefined) {
      workspace.kernels.colourRow(from, blue, blue, to, width);
    } else {
      const blueRow = chromaRow(workspace, cb, y, rows.sums, blue, width, height);
      const redRow = chromaRow(workspace, cr, y, rows.sums, red, width, height);
      workspace.kernels.colourRow(from, blueRow, redRow, to, width);
    }
  }
}

/** The address of a row of chroma in the picture's width: in its plane, or at `out` when it has to be enlarged. */
function chromaRow(
  workspace: Workspace,
  { address, stride, width, height }: Plane,
  y: number,
  sums: number,
  out: number,
  outWidth: number,
  outHeight: number,
): number {
  if (width === outWidth && height === outHeight) return address + y * stride;
  const isTall = height < outHeight;
  const row = isTall ? y >> 1 : y;
  const near = address + row * stride;
  if (width < NARROWEST_FILTERED) {
    const [from, to] = [workspace.bytes(near, width), workspace.bytes(out, outWidth)];
    for (let x = 0; x < outWidth; x++) to[x] = from[x >> 1]!;
    return out;
  }
  // The upper of two rows leans on the row above, the lower on the row below; the outermost on themselves.
  const neighbour = isTall ? Math.min(height - 1, Math.max(0, row + (y & 1 ? 1 : -1))) : row;
  const [even, odd] = isTall ? ROUND_BOTH_WAYS : ROUND_ACROSS;
  workspace.kernels.enlargeRow(near, address + neighbour * stride, width, sums, out, even, odd);
  return out;
}
