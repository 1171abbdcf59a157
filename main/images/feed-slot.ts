/** How a batch lies in shared memory: the pixels of its views, and what a step is fed of their objects. */

import { sizeOf } from '../../native-models/core/shape.ts';
import type { FedTarget, TargetValues } from '../../native-models/detection/truth.ts';
import type { FeedContent } from './feed-protocol.ts';

/** What goes with the pixels of pictures with objects. */
export interface BatchObjects {
  /** Width and height of each picture on its canvas. Shapes: [count,2]. */
  readonly sizes: Float32Array;
  /** What was ordered of their objects, by name, none where nothing was. Shapes: [count, …shape of the target]. */
  readonly targets: TargetValues;
}

/** One array of a batch, so many values for each view. */
interface Column {
  readonly values: Int32Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer> | Uint8Array<SharedArrayBuffer>;
  readonly each: number;
}

const SIZES = 'sizes';

export class FeedSlot {
  readonly memory: SharedArrayBuffer;
  private readonly images: Column;
  /** Null where views have no objects. */
  private readonly sizes: Column | null;
  private readonly targets: ReadonlyMap<string, Column>;

  /** `memory`: that of an equal slot in another thread; without it, memory of its own. */
  constructor(content: FeedContent, batchSize: number, memory?: SharedArrayBuffer) {
    const images = { name: 'images', dtype: 'uint8', each: viewBytesOf(content) } as const;
    const hasObjects = 'targets' in content;
    const fed = (hasObjects ? content.targets?.fed : undefined) ?? [];
    const parts = [
      ...(hasObjects ? [{ name: SIZES, dtype: 'float32', each: 2 } as const] : []),
      ...fed.map(({ name, dtype, shape }) => ({ name, dtype, each: sizeOf(shape) })),
      images,
    ];
    // Bytes come last, so that wider values lie where they may.
    const inOrder = [
      ...parts.filter(({ dtype }) => dtype !== 'uint8'),
      ...parts.filter(({ dtype }) => dtype === 'uint8'),
    ];
    const total = inOrder.reduce((sum, { dtype, each }) => sum + WIDTHS[dtype] * each * batchSize, 0);
    this.memory = memory ?? new SharedArrayBuffer(total);
    const columns = new Map<string, Column>();
    let offset = 0;
    for (const { name, dtype, each } of inOrder) {
      columns.set(name, { values: arrayIn(this.memory, dtype, offset, each * batchSize), each });
      offset += WIDTHS[dtype] * each * batchSize;
    }
    this.images = columns.get(images.name)!;
    this.sizes = columns.get(SIZES) ?? null;
    this.targets = new Map(fed.map(({ name }) => [name, columns.get(name)!]));
  }

  putPixels(at: number, planes: Uint8Array): void {
    put(this.images, at, planes);
  }

  /** Errors: a bug where `values` lacks what was ordered. */
  putView(
    at: number,
    {
      planes,
      size,
    }: { readonly planes: Uint8Array; readonly size: { readonly width: number; readonly height: number } },
    values: TargetValues,
  ): void {
    this.putPixels(at, planes);
    put(this.sizes!, at, [size.width, size.height]);
    for (const [name, column] of this.targets) put(column, at, values.get(name)!);
  }

  /** The first `count` views. */
  read(count: number): { readonly images: Uint8Array; readonly objects: BatchObjects | null } {
    const { images, sizes, targets } = this;
    return {
      images: first(images, count) as Uint8Array,
      objects: sizes && {
        sizes: first(sizes, count) as Float32Array,
        targets: new Map([...targets].map(([name, column]) => [name, first(column, count)])),
      },
    };
  }
}

const WIDTHS: Readonly<Record<FedTarget['dtype'], number>> = { float32: 4, int32: 4, uint8: 1 };

function arrayIn(memory: SharedArrayBuffer, dtype: FedTarget['dtype'], offset: number, length: number) {
  if (dtype === 'uint8') return new Uint8Array(memory, offset, length);
  return dtype === 'int32' ? new Int32Array(memory, offset, length) : new Float32Array(memory, offset, length);
}

const put = ({ values, each }: Column, at: number, of: ArrayLike<number>): void => values.set(of, at * each);
const first = ({ values, each }: Column, count: number) => values.subarray(0, count * each);

function viewBytesOf(content: FeedContent): number {
  if (!('targets' in content)) return 3 * content.transform.cropSize ** 2;
  const { width, height } = content.transform.canvas;
  return 3 * width * height;
}
