/**
 * Which parameters a `blocked` program keeps in which layout. A convolution wants its filters blocked, and the optimizer
 * works element by element, so everything that meets a filter there (velocity, moments, average) lies as the filter does.
 */

import type { ConvAttrs } from '../core/primitives.ts';
import type { Program } from '../core/program.ts';
import { type Shape, sameShape, sizeOf } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import { isPartedByBlocks, weightOf } from './blocked-products.ts';
import { elementwiseRules } from './evaluate-elementwise.ts';
import type { Layout } from './layout.ts';

/** Primitives that make each element of the result from the elements in its place, and from scalars. */
const ELEMENTWISE: ReadonlySet<string> = new Set([
  ...Object.keys(elementwiseRules),
  'ReluGrad',
  'ClipGrad',
  'SiluGrad',
  'ScaleAdd',
]);

/**
 * How a convolution runs over blocked maps, or null where plain operators do better. Groups of whole blocks are `grouped`;
 * narrower ones are `merged`, several to a block, with zeros where one group's filters meet another's channels.
 */
export type ConvForm = 'dense' | 'grouped' | 'merged' | 'stem' | 'depthwise';

const FEW_PIXELS = 4; // outputs of a spatial kernel up to which one matrix product over the batch is cheaper

export function convForm(x: Shape, weight: Shape, output: Shape, attrs: ConvAttrs, block: number): ConvForm | null {
  const channels = x[1]!;
  const [filters, perGroup, height, width] = weight as readonly [number, number, number, number];
  if (attrs.group > 1) {
    if (perGroup === 1 && filters === attrs.group) return filters >= block ? 'depthwise' : null;
    const merged = mergedGroups(weight, attrs.group, block);
    if (merged === null || output[2]! * output[3]! <= FEW_PIXELS) return null;
    return merged === 1 ? 'grouped' : 'merged';
  }
  if (filters < block / 2) return null;
  if (height * width > 1 && output[2]! * output[3]! <= FEW_PIXELS) return null;
  return channels < block ? 'stem' : 'dense';
}

/** How many groups side by side have whole blocks of channels and of filters; null where no number of them has. */
export function mergedGroups(weight: Shape, group: number, block: number): number | null {
  const [filters, perGroup] = weight as readonly [number, number, number, number];
  const fills = (count: number) => (perGroup * count) % block === 0 && ((filters / group) * count) % block === 0;
  for (let count = 1; count <= block; count *= 2) if (group % count === 0 && fills(count)) return count;
  return null;
}

const FILTER_LAYOUTS: Readonly<Record<ConvForm, Layout>> = {
  dense: 'filter',
  grouped: 'filter',
  merged: 'plain',
  stem: 'thin-filter',
  depthwise: 'thin-filter',
};

/** How the parameter itself lies. */
export const filterLayout = (form: ConvForm): Layout => FILTER_LAYOUTS[form];

/** Shapes of a convolution, from it or from one of its gradients. */
export function geometryOf(op: Op): { x: Shape; weight: Shape; output: Shape; attrs: ConvAttrs } | null {
  switch (op.prim) {
    case 'Conv': {
      const [x, weight] = op.inputs as readonly [Tensor, Tensor];
      return { x: x.shape, weight: weight.shape, output: op.outputs[0]!.shape, attrs: (op as Op<'Conv'>).attrs };
    }
    case 'ConvInputGrad': {
      const [g, weight] = op.inputs as readonly [Tensor, Tensor];
      const { attrs } = op as Op<'ConvInputGrad'>;
      return { x: attrs.inputShape, weight: weight.shape, output: g.shape, attrs };
    }
    case 'ConvWeightGrad': {
      const [x, g] = op.inputs as readonly [Tensor, Tensor];
      const { attrs } = op as Op<'ConvWeightGrad'>;
      return { x: x.shape, weight: attrs.weightShape, output: g.shape, attrs };
    }
    default:
      return null;
  }
}

/** Whether every operand lies as the result does, or is one number. */
export function isPlaceByPlace(op: Op): boolean {
  if (!ELEMENTWISE.has(op.prim)) return false;
  const { shape } = op.outputs[0]!;
  return op.inputs.every((input) => sameShape(input.shape, shape) || sizeOf(input.shape) === 1);
}

/** The filters an operation reads or makes, and the layout it does so best in. */
function filterOf(op: Op, block: number): [Tensor, Layout] | null {
  if (op.prim === 'MatMul') {
    const matrix = weightOf(op as Op<'MatMul'>, block);
    return matrix === null ? null : [matrix, 'filter'];
  }
  const geometry = geometryOf(op);
  if (geometry === null) return null;
  const form = convForm(geometry.x, geometry.weight, geometry.output, geometry.attrs, block);
  const tensor = op.prim === 'ConvWeightGrad' ? op.outputs[0]! : op.inputs[1]!;
  return [tensor, form === null ? 'plain' : filterLayout(form)];
}

/** Layouts of all tensors that must lie as some filter does, or as an input whose layout is agreed already. */
export function arrange(
  program: Program,
  block: number,
  agreed: ReadonlyMap<string, Layout>,
): ReadonlyMap<Tensor, Layout> {
  const groups = new Groups();
  for (const op of program.ops) {
    const [result] = op.outputs;
    if (isPartedByBlocks(op, block)) for (const part of [...op.inputs, ...op.outputs]) groups.join(part, result!);
    const { length: rank } = result!.shape;
    if ((rank !== 4 && rank !== 2) || !isPlaceByPlace(op)) continue;
    for (const input of op.inputs) if (sameShape(input.shape, result!.shape)) groups.join(input, result!);
  }
  const wanted = new Map<Tensor, Layout>();
  for (const op of program.ops) {
    const [tensor, layout] = filterOf(op, block) ?? [];
    if (tensor === undefined || layout === undefined) continue;
    const root = groups.rootOf(tensor);
    const other = wanted.get(root) ?? layout;
    wanted.set(root, other === layout ? layout : 'plain');
  }
  for (const input of program.inputs) {
    const layout = input.source.kind === 'input' ? agreed.get(input.source.name) : undefined;
    if (layout !== undefined && layout !== 'blocked') wanted.set(groups.rootOf(input), layout);
  }
  const members = [...groups.all(), ...wanted.keys()].filter((tensor) => tensor.source.kind !== 'constant');
  const layouts = members.map((tensor) => [tensor, wanted.get(groups.rootOf(tensor)) ?? 'plain'] as const);
  return new Map<Tensor, Layout>([...layouts, ...agreedMaps(program, agreed)]);
}

/** Maps that one program hands out and another takes in, each by itself: what meets them there is not part of the bargain. */
function agreedMaps(program: Program, agreed: ReadonlyMap<string, Layout>): [Tensor, Layout][] {
  const inputs = program.inputs.map(
    (input) => [input.source.kind === 'input' ? input.source.name : '', input] as const,
  );
  return [...inputs, ...program.outputs].flatMap(([name, tensor]) =>
    agreed.get(name) === 'blocked' ? [[tensor, 'blocked']] : [],
  );
}

/** Whether there is a convolution over blocked maps: for the rest alone, plain operators do as well. */
export function hasBlockedMaps(program: Program, block: number): boolean {
  return program.ops.some((op) => {
    const geometry = geometryOf(op);
    if (geometry === null) return false;
    const form = convForm(geometry.x, geometry.weight, geometry.output, geometry.attrs, block);
    return form !== null && form !== 'stem';
  });
}

/** Disjoint sets of tensors. Source: Tarjan 1975, without ranks. */
class Groups {
  private readonly parents = new Map<Tensor, Tensor>();

  rootOf(tensor: Tensor): Tensor {
    const parent = this.parents.get(tensor);
    if (parent === undefined) return tensor;
    const root = this.rootOf(parent);
    this.parents.set(tensor, root);
    return root;
  }

  join(a: Tensor, b: Tensor): void {
    const [p, q] = [this.rootOf(a), this.rootOf(b)];
    if (p !== q) this.parents.set(p, q);
  }

  all(): Tensor[] {
    return [...this.parents.keys()].flatMap((tensor) => [tensor, this.rootOf(tensor)]);
  }
}
