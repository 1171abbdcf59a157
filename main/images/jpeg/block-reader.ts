/**
 * Reads one 8x8 block after the other from a scan's data.
 * Source: ITU-T T.81, figure A.6 (zigzag order) and section F.2.1.3 (restart).
 */

import { COEFFICIENTS, NO_SENSE, STATE } from '../simd/entropy.ts';
import type { Workspace } from '../simd/kernels.ts';
import type { JpegFrame } from './frame.ts';
import type { BlockSide } from './planes.ts';

/** Row-major place of each coefficient. */
const PLACES = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

/** How many coefficients in zigzag order hold all that blocks of a side are made of. */
const NEEDED: Readonly<Record<BlockSide, number>> = { 1: 1, 2: 5, 4: 25, 8: COEFFICIENTS };

/** Addresses of what reading needs. */
export interface EntropyMemory {
  readonly state: number;
  readonly data: number;
  readonly places: number;
  /** By component. */
  readonly dc: readonly number[];
  readonly ac: readonly number[];
  readonly steps: readonly number[];
}

export function allocateEntropy(workspace: Workspace, { components, entropy }: JpegFrame): EntropyMemory {
  const tables = () => components.map(({ dc }) => workspace.allocate(dc.length));
  return {
    state: workspace.allocate(4 * STATE.length),
    data: workspace.allocate(entropy.bytes.length),
    places: workspace.allocate(4 * COEFFICIENTS),
    dc: tables(),
    ac: tables(),
    steps: components.map(() => workspace.allocate(4 * COEFFICIENTS)),
  };
}

export class BlockReader {
  private readonly kernel: (...parameters: number[]) => void;
  private readonly memory: EntropyMemory;
  private readonly state: Int32Array;
  private readonly starts: readonly number[];
  private readonly top: number;
  private part = 0;

  /** To be made when nothing more is allocated in the workspace. */
  constructor(workspace: Workspace, memory: EntropyMemory, { components, entropy }: JpegFrame) {
    const { bytes, starts } = entropy;
    this.kernel = workspace.kernels.readBlock;
    this.memory = memory;
    this.starts = starts;
    this.top = memory.data + bytes.length;
    workspace.bytes(memory.data, bytes.length).set(bytes);
    workspace.bytes(memory.data, bytes.length).reverse();
    workspace.integers(memory.places, COEFFICIENTS).set(PLACES);
    components.forEach(({ dc, ac, steps }, index) => {
      workspace.bytes(memory.dc[index]!, dc.length).set(dc);
      workspace.bytes(memory.ac[index]!, ac.length).set(ac);
      workspace.integers(memory.steps[index]!, COEFFICIENTS).set(steps);
    });
    this.state = workspace.integers(memory.state, STATE.length).fill(0);
    this.state[STATE.end] = starts[1]! * 8;
  }

  /** Whether everything read so far was there, and no whole byte between here and the next marker was left over. */
  isAtEndOfPart(): boolean {
    const { bit, end } = { bit: this.state[STATE.bit]!, end: this.state[STATE.end]! };
    return bit <= end && bit > end - 8;
  }

  /** Goes on behind the next restart marker; false when there is none. */
  restart(): boolean {
    if (!this.isAtEndOfPart() || this.isInLastPart()) return false;
    this.part++;
    this.state.fill(0);
    this.state[STATE.bit] = this.starts[this.part]! * 8;
    this.state[STATE.end] = this.starts[this.part + 1]! * 8;
    return true;
  }

  isInLastPart(): boolean {
    return this.part + 2 === this.starts.length;
  }

  /**
   * Adds a block's coefficients, multiplied by their steps, to the 64 integers at address `block`, which are all zero.
   * Returns the zigzag index of the last one that matters for blocks of this side, null when the data makes no sense.
   */
  read(component: number, block: number, side: BlockSide): number | null {
    const { state, dc, ac, steps, places } = this.memory;
    const predictor = state + 4 * (STATE.predictors + component);
    const limit = NEEDED[side];
    this.kernel(state, this.top, dc[component]!, ac[component]!, predictor, block, places, steps[component]!, limit);
    const last = this.state[STATE.last]!;
    return last === NO_SENSE ? null : last;
  }
}
