/**
 * The pixel loops as machine code, with the memory they work in. They are functions of what their caller puts there:
 * nothing is kept from one picture to the next, so one set serves a whole thread.
 */

import { moduleOf } from './assembler.ts';
import { channelSums, toPlanes } from './colour.ts';
import { readBlock } from './entropy.ts';
import { block4, block8 } from './inverse-dct.ts';
import { horizontal, vertical } from './resample.ts';
import { colourRow, enlargeRow } from './rows.ts';

/** Fraction bits of a resampling weight: 32 less 8 for the pixel and 2 for the sum. */
export const PRECISION_BITS = 22;

const FUNCTIONS = {
  readBlock,
  block4,
  block8,
  enlargeRow,
  colourRow,
  channelSums,
  toPlanes,
  horizontal: () => horizontal(PRECISION_BITS),
  vertical: () => vertical(PRECISION_BITS),
} as const;

/** Parameters are those named where the function is written; addresses and sizes in bytes. */
export type Kernels = Readonly<Record<keyof typeof FUNCTIONS, (...parameters: number[]) => void>>;

const PAGE_BYTES = 65536;
const ALIGNMENT = 16;
/** Kernels read and write in vectors, a little beyond their data. */
const SLACK_BYTES = 64;
/** Memory never shrinks, so beyond this it is given back with its instance. */
const LARGEST_KEPT_BYTES = 64 * 1024 * 1024;

let compiled: WebAssembly.Module | null = null;
let idle: Workspace | null = null;

/** Memory for one picture at a time, and the kernels that work in it. */
export class Workspace {
  readonly kernels: Kernels;
  private readonly memory: WebAssembly.Memory;
  private usedBytes = 0;

  constructor() {
    compiled ??= compile();
    const { memory, ...kernels } = new WebAssembly.Instance(compiled).exports;
    this.memory = memory as WebAssembly.Memory;
    this.kernels = kernels as unknown as Kernels;
  }

  /** The address of so many bytes, of unknown content. Views made before are then void. */
  allocate(bytes: number): number {
    const address = this.usedBytes;
    this.usedBytes += Math.ceil((bytes + SLACK_BYTES) / ALIGNMENT) * ALIGNMENT;
    const missing = this.usedBytes - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    return address;
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  /** All of the memory, by address. */
  everything(): Uint8ClampedArray {
    return new Uint8ClampedArray(this.memory.buffer);
  }

  get isLarge(): boolean {
    return this.memory.buffer.byteLength > LARGEST_KEPT_BYTES;
  }

  clear(): void {
    this.usedBytes = 0;
  }
}

function compile(): WebAssembly.Module {
  const writers = Object.entries(FUNCTIONS).map(([name, write]) => [name, write()] as const);
  return new WebAssembly.Module(moduleOf(Object.fromEntries(writers)));
}

/** Runs `work` in this thread's workspace; what it returns must not lie in there. */
export function inWorkspace<Result>(work: (workspace: Workspace) => Result): Result {
  const workspace = idle ?? new Workspace();
  idle = null; // work within work gets a workspace of its own
  workspace.clear();
  const result = work(workspace);
  if (!workspace.isLarge) idle = workspace;
  return result;
}
