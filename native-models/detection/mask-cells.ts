/**
 * The masks of objects in as many cells each, however large picture and object are, for the part of a detector that learns
 * them. What the step takes of a mask is 28 cells along its box: a mask that fits has a cell for each pixel of the canvas,
 * and gives the very numbers that the whole canvas would; a larger one is averaged down to the cells.
 */

import { type Mask, maskXyxy } from '../geometry/mask.ts';

/** Cells along a side: four times what is learned of a mask, so that what is averaged is finer than that. */
export const MASK_CELLS = 112;
/** One cell of nothing on each side, towards which edges fade. */
const BORDER = 1;
const INNER = MASK_CELLS - 2 * BORDER;
/** Of a cell that lies in the object wholly. */
export const WHOLE_CELL = 255;

/** Coordinates of a cell are `scale` times those of the canvas, and `shift`; whole numbers are middles, of both. */
export interface MaskFrame {
  readonly scale: readonly [across: number, down: number];
  readonly shift: readonly [across: number, down: number];
}

/** Fills `cells` [MASK_CELLS,MASK_CELLS] with how much of each is the object's, from 0 to `WHOLE_CELL`. */
export function putMask(mask: Mask, cells: Uint8Array): MaskFrame {
  const [x0, y0, x1, y1] = maskXyxy(mask);
  const across = axisOf(x0, x1, mask.width);
  const down = axisOf(y0, y1, mask.height);
  const sums = new Float32Array(MASK_CELLS * MASK_CELLS);
  eachRun(mask, (x, from, to) => {
    const column = across.shares[x - x0]!;
    for (let y = from; y < to; y++) addPixel(sums, column, down.shares[y - y0]!);
  });
  for (let i = 0; i < sums.length; i++) cells[i] = Math.round(WHOLE_CELL * sums[i]!);
  if (across.isAtEnd) for (let row = 0; row < MASK_CELLS; row++) repeatCell(cells, row, 1, across.count);
  if (down.isAtEnd)
    for (let column = 0; column < MASK_CELLS; column++) repeatCell(cells, column, MASK_CELLS, down.count);
  return { scale: [across.scale, down.scale], shift: [across.shift, down.shift] };
}

/** What a pixel shares out between two cells that lie side by side. */
interface Share {
  readonly cell: number;
  readonly own: number;
  readonly next: number;
}

interface Axis {
  readonly scale: number;
  readonly shift: number;
  /** Cells that the object takes. */
  readonly count: number;
  /** Of each pixel of the object's box. */
  readonly shares: readonly Share[];
  /** The object reaches the last pixel of the canvas, beyond which that pixel goes on. */
  readonly isAtEnd: boolean;
}

function axisOf(start: number, end: number, side: number): Axis {
  const length = end - start;
  const scale = length <= INNER ? 1 : INNER / length;
  const shares = Array.from({ length }, (_, i) => {
    const [from, to] = [i * scale, (i + 1) * scale];
    const cell = Math.min(Math.floor(from), INNER - 1);
    const own = Math.min(to, cell + 1) - from;
    return { cell: cell + BORDER, own, next: scale - own };
  });
  const isAtEnd = end === side && length > 0;
  return { scale, shift: (0.5 - start) * scale - 0.5 + BORDER, count: Math.min(length, INNER), shares, isAtEnd };
}

function addPixel(sums: Float32Array, column: Share, row: Share): void {
  const at = row.cell * MASK_CELLS + column.cell;
  sums[at]! += column.own * row.own;
  if (column.next > 0) sums[at + 1]! += column.next * row.own;
  if (row.next > 0) sums[at + MASK_CELLS]! += column.own * row.next;
  if (column.next > 0 && row.next > 0) sums[at + MASK_CELLS + 1]! += column.next * row.next;
}

/** Each stretch of ones in a column, from row `from` to before row `to`. */
function eachRun({ counts, height }: Mask, tell: (x: number, from: number, to: number) => void): void {
  let at = 0;
  counts.forEach((count, i) => {
    const end = at + count;
    while (i % 2 === 1 && at < end) {
      const x = Math.floor(at / height);
      const to = Math.min(end, (x + 1) * height);
      tell(x, at - x * height, to - x * height);
      at = to;
    }
    at = end;
  });
}

/** The last cell of a line once more, in the border. */
function repeatCell(cells: Uint8Array, line: number, stride: number, count: number): void {
  const start = stride === 1 ? line * MASK_CELLS : line;
  cells[start + (BORDER + count) * stride] = cells[start + (BORDER + count - 1) * stride]!;
}
