/**
 * From coefficients to samples, at full size or a half, a quarter, an eighth of it, in whole numbers.
 * Source: full size: Loeffler, Ligtenberg and Moschytz 1989, "Practical fast 1-D DCT algorithms with 11 multiplications",
 * figure 1, in the fixed-point precision of the JPEG reference decoder ("slow but accurate"), so that samples equal its
 * to the last bit. Smaller sizes: the inverse transform of the lowest coefficients (Dugad and Ahuja 2001, section II).
 */

/** Samples of a component, row by row. */
export interface Plane {
  /** Bytes of a row: whole blocks. */
  readonly stride: number;
  readonly data: Uint8ClampedArray;
}

/** Side of what a block becomes, in samples. */
export type BlockSide = 1 | 2 | 4 | 8;

const BITS = 13;
/** Kept between the passes. */
const EXTRA_BITS = 2;
const fixed = (x: number) => Math.round(x * (1 << BITS));

const F_0_298 = fixed(0.298631336);
const F_0_390 = fixed(0.390180644);
const F_0_541 = fixed(0.5411961);
const F_0_765 = fixed(0.765366865);
const F_0_899 = fixed(0.899976223);
const F_1_175 = fixed(1.175875602);
const F_1_501 = fixed(1.50132111);
const F_1_847 = fixed(1.847759065);
const F_1_961 = fixed(1.96157056);
const F_2_053 = fixed(2.053119869);
const F_2_562 = fixed(2.562915447);
const F_3_072 = fixed(3.072711026);

const MIDDLE = 128;
const PASS_1_SHIFT = BITS - EXTRA_BITS;
const PASS_2_SHIFT = BITS + EXTRA_BITS + 3;

const between = new Int32Array(64);

/** Writes a block's samples to `plane` from `at` on and leaves `block` zero. `last` is its last coefficient in zigzag order. */
export function inverseDct(block: Int32Array, last: number, side: BlockSide, plane: Plane, at: number): void {
  if (last === 0 || side === 1) {
    flat(block[0]!, side, plane, at);
  } else {
    const transform = side === 8 ? transform8 : side === 4 ? transform4 : transform2;
    for (let x = 0; x < side; x++) transform(block, x, 8, between, x, PASS_1_SHIFT);
    for (let y = 0; y < side; y++) transform(between, y * 8, 1, block, y * 8, PASS_2_SHIFT);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) plane.data[at + y * plane.stride + x] = block[y * 8 + x]! + MIDDLE;
    }
  }
  if (last === 0) block[0] = 0;
  else block.fill(0);
}

function flat(dc: number, side: BlockSide, { stride, data }: Plane, at: number): void {
  const value = ((dc + 4) >> 3) + MIDDLE;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) data[at + y * stride + x] = value;
  }
}

/** One row or column of eight, `step` apart. */
function transform8(from: Int32Array, at: number, step: number, to: Int32Array, out: number, shift: number): void {
  const c1 = from[at + step]!;
  const c2 = from[at + 2 * step]!;
  const c3 = from[at + 3 * step]!;
  const c5 = from[at + 5 * step]!;
  const c6 = from[at + 6 * step]!;
  const c7 = from[at + 7 * step]!;

  const round = 1 << (shift - 1);
  const sum = ((from[at]! + from[at + 4 * step]!) << BITS) + round;
  const difference = ((from[at]! - from[at + 4 * step]!) << BITS) + round;
  const turn26 = Math.imul(c2 + c6, F_0_541);
  const low = turn26 - Math.imul(c6, F_1_847);
  const high = turn26 + Math.imul(c2, F_0_765);
  const e0 = sum + high;
  const e1 = difference + low;
  const e2 = difference - low;
  const e3 = sum - high;

  const turn = Math.imul(c7 + c3 + c5 + c1, F_1_175);
  const t71 = Math.imul(c7 + c1, -F_0_899);
  const t53 = Math.imul(c5 + c3, -F_2_562);
  const t73 = turn - Math.imul(c7 + c3, F_1_961);
  const t51 = turn - Math.imul(c5 + c1, F_0_390);
  const o0 = Math.imul(c1, F_1_501) + t71 + t51;
  const o1 = Math.imul(c3, F_3_072) + t53 + t73;
  const o2 = Math.imul(c5, F_2_053) + t53 + t51;
  const o3 = Math.imul(c7, F_0_298) + t71 + t73;

  to[out] = (e0 + o0) >> shift;
  to[out + step] = (e1 + o1) >> shift;
  to[out + 2 * step] = (e2 + o2) >> shift;
  to[out + 3 * step] = (e3 + o3) >> shift;
  to[out + 4 * step] = (e3 - o3) >> shift;
  to[out + 5 * step] = (e2 - o2) >> shift;
  to[out + 6 * step] = (e1 - o1) >> shift;
  to[out + 7 * step] = (e0 - o0) >> shift;
}

const F_COS_1 = fixed(1.306562965); // sqrt(2) cos(pi/8)
const F_COS_3 = fixed(0.5411961); // sqrt(2) cos(3 pi/8)

/** A row of four from the lowest four coefficients, scaled as `transform8` is: a lone c0 gives c0 everywhere. */
function transform4(from: Int32Array, at: number, step: number, to: Int32Array, out: number, shift: number): void {
  const c1 = from[at + step]!;
  const c3 = from[at + 3 * step]!;
  const round = 1 << (shift - 1);
  const sum = ((from[at]! + from[at + 2 * step]!) << BITS) + round;
  const difference = ((from[at]! - from[at + 2 * step]!) << BITS) + round;
  const o0 = Math.imul(c1, F_COS_1) + Math.imul(c3, F_COS_3);
  const o1 = Math.imul(c1, F_COS_3) - Math.imul(c3, F_COS_1);
  to[out] = (sum + o0) >> shift;
  to[out + step] = (difference + o1) >> shift;
  to[out + 2 * step] = (difference - o1) >> shift;
  to[out + 3 * step] = (sum - o0) >> shift;
}

/** A row of two from the lowest two coefficients: sqrt(2) cos(pi/4) is 1. */
function transform2(from: Int32Array, at: number, step: number, to: Int32Array, out: number, shift: number): void {
  const round = 1 << (shift - 1);
  to[out] = (((from[at]! + from[at + step]!) << BITS) + round) >> shift;
  to[out + step] = (((from[at]! - from[at + step]!) << BITS) + round) >> shift;
}
