/**
 * Weight gradients of 1x1 kernels on large maps, image by image: as `onnx-blocked-conv-planes.ts`, but nothing is copied at all.
 * The map of more channels serves as filters, of which the operator takes several blocks at a time.
 *
 * One sum over a large map loses digits, and its filters leave the caches: pixels go in stretches, which are the channels that
 * the operator adds up one after the other. For that the map of fewer channels is copied, stretch by stretch.
 */

import { packedShape } from './layout.ts';
import { along, chunksPicked, turnedFilter } from './onnx-blocked-chunks.ts';
import { isReadable, type WeightGradTask } from './onnx-blocked-conv-planes.ts';
import { NCHWC, pixelsOf, reshaped } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

/** One product for each image, then their sum. Shapes: -> filters [K,C,1,1], channels filled up. */
export function byImage({ emit, x, g, attrs, block }: WeightGradTask): string {
  const packed = packedShape(x.shape, 'blocked', block) as Sizes;
  const [n, c, h, w] = packed;
  const [, k, ho, wo] = packedShape(g.shape, 'blocked', block) as Sizes;
  const taken = pixelsOf(emit, emit.in(x, 'blocked'), packed, { to: [h, w], steps: attrs.strides }, block).name;
  const cotangents = emit.in(g, 'blocked');
  const stretches = stretchesOf(ho * wo, n, block);
  const pixels = (ho * wo) / stretches;
  const window = { kernel_shape: [1, pixels], strides: [1, 1], dilations: [1, block], pads: [0, 0, 0, 0], group: n };
  const product = (rows: string, places: number, filters: string, channels: number) => {
    const blocks = places / block;
    const terms = [along(2, blocks, stretches), along(1, stretches, 1), along(0, n, blocks * stretches)];
    const apart = stretches === 1 ? rows : chunksPicked(emit, rows, pixels * block, [n, stretches, blocks], terms);
    const operands = [
      reshaped(emit, apart, [1, n * stretches, blocks, pixels * block]),
      reshaped(emit, filters, [n * channels, stretches, 1, pixels]),
    ];
    const images = reshaped(emit, emit.one(`${NCHWC}Conv`, operands, window), [n, c * k]);
    return emit.one('ReduceSum', [images, emit.ints([0])], { keepdims: 0 });
  };
  if (c <= k) return reshaped(emit, product(taken, c, cotangents, k), [k, c, 1, 1]);

  return reshaped(emit, turnedFilter(emit, product(cotangents, k, taken, c), [c, k], block), [k, c, 1, 1]);
}

const LONGEST = 784; // pixels that are added up in one go
const STRETCH = 512; // of more, as many as go together where they can be parted so

/** Into how many equal stretches pixels fall: fewer than a block, and as many as the operator reads. */
function stretchesOf(pixels: number, images: number, block: number): number {
  if (pixels <= LONGEST) return 1;
  const possible = Array.from({ length: block - 1 }, (_, i) => i + 1).filter(
    (count) => pixels % count === 0 && isReadable(images * count, block),
  );
  return possible.find((count) => pixels / count <= STRETCH) ?? possible.at(-1)!;
}
