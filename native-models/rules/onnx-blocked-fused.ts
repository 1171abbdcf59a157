/**
 * "Scale and shift each channel" as one pass over a map: a depthwise convolution with a 1x1 kernel, whose operator can
 * add another map and apply an activation in the same pass. Batch norm leaves such a pass unwritten (`Value.affine`), so
 * that a following sum and activation become part of it.
 */

import type { PrimAttrs } from '../core/primitives.ts';
import { sameShape, sizeOf } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Affine, Attributes, Emitter, LoweringRule, Value, Writer } from './emitter.ts';
import { packedShape, roundUp, workedOnIn } from './layout.ts';
import { filledUp, inLayout, NCHWC, reshaped } from './onnx-blocked-convert.ts';

/** Shapes: all maps [N,C,H,W], vectors [C], channels filled up. An operand of '' is left out. */
export function scaled(
  emit: Writer,
  { x, scale, shift, added, ofImages, isProduct = false }: Affine,
  channels: number,
  fused: Attributes = {},
): string {
  const window = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] };
  if (isProduct) {
    const operands = [x, scale, shift, ...(added === null ? [] : [added])];
    return emit.one(`${NCHWC}Conv`, operands, { ...window, group: 1, ...fused });
  }
  // Images with factors of their own are channels of one.
  const group = channels * (ofImages?.[0] ?? 1);
  const seen = (map: string) => (ofImages ? reshaped(emit, map, [1, group, ...ofImages.slice(2)]) : map);
  const filter = reshaped(emit, scale, [group, 1, 1, 1]);
  const inputs = [seen(x), filter, shift, ...(added === null ? [] : [seen(added)])];
  const made = emit.one(`${NCHWC}Conv`, inputs, { ...window, group, ...fused });
  return ofImages ? reshaped(emit, made, ofImages) : made;
}

export const constantVector = (emit: Writer, value: number, length: number): string =>
  emit.constant(new Float64Array(length).fill(value), [length], 'float32');

/** A value that is written when it is read, unless its reader makes it part of its own pass. */
export function pending(emit: Emitter, affine: Affine, channels: number): Value {
  return { layout: 'blocked', padding: 0, name: () => scaled(emit, affine, channels), affine };
}

export type Fusable = 'Relu' | 'Clip';

/** An activation: part of the pass that makes its operand where nobody else reads that. */
export function activated<P extends Fusable>(
  otherwise: LoweringRule<P>,
  attributes: (attrs: PrimAttrs[P]) => Attributes,
  block: number,
): LoweringRule<P> {
  return (emit, op) => {
    const [x] = op.inputs;
    const { affine } = emit.value(x!);
    const keepsZero = op.prim === 'Relu' || x!.shape[1]! % block === 0;
    if (affine === undefined || emit.readers(x!) > 1 || !keepsZero) return otherwise(emit, op);
    const channels = roundUp(x!.shape[1]!, block);
    return [inLayout('blocked', scaled(emit, affine, channels, attributes(op.attrs)))];
  };
}

/** A sum with a map that is not written yet becomes part of the pass that writes it. */
export function blockedAdd(otherwise: LoweringRule<'Add'>, block: number): LoweringRule<'Add'> {
  return (emit, op) => {
    const [p, q] = op.inputs;
    if (!sameShape(p!.shape, q!.shape)) return otherwise(emit, op);
    for (const [one, other] of [
      [p!, q!],
      [q!, p!],
    ] as const) {
      const { plus, layout } = emit.value(one);
      // A map is worth bringing to blocks; rows that lie plainly, such as a shortcut's, are mostly read so.
      const fits = layout === 'blocked' || emit.value(other).layout === layout;
      if (plus !== undefined && fits && emit.readers(one) === 1 && one !== other) {
        return [inLayout(layout, plus(emit.in(other, layout)))];
      }
      const { affine } = emit.value(one);
      const isFree = affine !== undefined && affine.added === null && emit.readers(one) === 1;
      if (!isFree || one === other) continue;
      const channels = roundUp(one.shape[1]!, block);
      return [pending(emit, { ...affine, added: emit.in(other, 'blocked') }, channels)];
    }
    return otherwise(emit, op);
  };
}

/**
 * A map times a vector over its channels, one for all images or one for each: a pass that is yet to be written.
 * Shapes: [N,C,H,W] times [1,C,1,1] or [N,C,1,1].
 */
export function blockedMul(otherwise: LoweringRule<'Mul'>, block: number): LoweringRule<'Mul'> {
  return (emit, op) => {
    const { shape } = op.outputs[0]!;
    const isVector = ({ shape: own }: Tensor) => sameShape(own.slice(1), [shape[1]!, 1, 1]);
    const [map, vector] = isVector(op.inputs[1]!) ? op.inputs : op.inputs.toReversed();
    const isPerChannel = shape.length === 4 && isVector(vector!) && sameShape(map!.shape, shape);
    if (!isPerChannel || isVector(map!) || emit.value(map!).layout !== 'blocked') return otherwise(emit, op);
    const channels = roundUp(shape[1]!, block);
    if (vector!.shape[0] !== 1) {
      if (emit.anyBatch || channels !== shape[1]) return otherwise(emit, op);
      const factors = {
        x: emit.in(map!, 'blocked'),
        scale: emit.name(vector!),
        shift: '',
        added: null,
        ofImages: shape,
      };
      return [pending(emit, factors, channels)];
    }
    const scale = filledUp(emit, reshaped(emit, emit.name(vector!), [shape[1]!]), shape[1]!, block);
    const shift = emit.constant(new Float64Array(channels), [channels], 'float32');
    return [pending(emit, { x: emit.in(map!, 'blocked'), scale, shift, added: null }, channels)];
  };
}

const SMALLEST = 4096; // elements from which one pass is worth a node of its own kind

/**
 * scale * x + y in one pass over any buffer whose size is a multiple of the block, whatever its layout.
 * The buffer is taken for a map of `block` channels. Where the sum takes the place of y, nothing need be copied; where it
 * takes that of x, the product must be known before the sum is written, since y is what the convolution starts from.
 */
export function blockedScaleAdd(otherwise: LoweringRule<'ScaleAdd'>, block: number): LoweringRule<'ScaleAdd'> {
  return (emit, op) => {
    const [scale, x, y] = op.inputs;
    const layout = workedOnIn(emit.value(x!).layout);
    const size = sizeOf(packedShape(x!.shape, layout, block));
    const isWhole =
      size % (block * block) === 0 && (layout === 'plain' || layout === workedOnIn(emit.value(y!).layout));
    if (!isWhole || size < SMALLEST || !sameShape(x!.shape, y!.shape) || layout === 'blocked')
      return otherwise(emit, op);
    const before = emit.predecessor(op.outputs[0]!);
    if (before === x) return otherwise(emit, op);
    const view = [1, block, size / (block * block), block];
    const [from, onto] = [emit.raw(x!, layout), emit.raw(y!, layout)].map((name) => reshaped(emit, name, view));
    const number = before === null ? emit.name(scale!) : emit.afterReaders(emit.name(scale!), before);
    const factor = emit.one('Expand', [number, emit.ints([block])]);
    const none = emit.constant(new Float64Array(block), [block], 'float32');
    const sum = scaled(emit, { x: from!, scale: factor, shift: none, added: onto! }, block);
    const name = () => reshaped(emit, sum, packedShape(x!.shape, layout, block));
    return [{ layout, padding: 0, name, made: { name: sum, shape: view } }];
  };
}
