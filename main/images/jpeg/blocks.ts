/** From the coefficients of a block to samples, at full size or a half, a quarter, an eighth of it. */

import type { Kernels, Workspace } from '../simd/kernels.ts';
import type { BlockSide } from './planes.ts';

const COEFFICIENTS = 64;
const MIDDLE = 128;

export class BlockTransform {
  /** Where the next block's coefficients go, row-major, multiplied by their steps. All zero after each block. */
  readonly address: number;
  private readonly block: Int32Array;
  private readonly kernels: Kernels;
  private readonly samples: Uint8ClampedArray;

  /** To be made when nothing more is allocated in the workspace. `address` is that of 64 integers. */
  constructor(workspace: Workspace, address: number) {
    this.kernels = workspace.kernels;
    this.address = address;
    this.block = workspace.integers(address, COEFFICIENTS).fill(0);
    this.samples = workspace.everything();
  }

  /** Writes the block's samples from address `at` on. `last` is its last coefficient in zigzag order that is not zero. */
  run(last: number, side: BlockSide, at: number, stride: number): void {
    if (last === 0 || side === 1) this.flat(side, at, stride);
    else if (side === 8) this.kernels.block8(this.address, at, stride);
    else if (side === 4) this.kernels.block4(this.address, at, stride);
    else this.two(at, stride);
    if (last > 0 && side < 4) this.block.fill(0);
  }

  private flat(side: BlockSide, at: number, stride: number): void {
    const value = ((this.block[0]! + 4) >> 3) + MIDDLE;
    this.block[0] = 0;
    const end = at + side * stride;
    for (let row = at; row < end; row += stride) {
      for (let x = 0; x < side; x++) this.samples[row + x] = value;
    }
  }

  /** The inverse transform of the lowest 2 x 2 coefficients: sqrt(2) cos(pi/4) is 1. */
  private two(at: number, stride: number): void {
    const { block, samples } = this;
    const [mean, across, down, both] = [block[0]! + 4, block[1]!, block[8]!, block[9]!];
    samples[at] = ((mean + across + down + both) >> 3) + MIDDLE;
    samples[at + 1] = ((mean - across + down - both) >> 3) + MIDDLE;
    samples[at + stride] = ((mean + across - down - both) >> 3) + MIDDLE;
    samples[at + stride + 1] = ((mean - across - down + both) >> 3) + MIDDLE;
  }
}
