/** The layout of `test/fixtures/torch/operators.json`; its script says what each part means. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../build/source-files.ts';
import { fixtureTensor } from './fixture-weights.ts';

export interface FormulaEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly scale: number;
  readonly offset: number;
}

export interface WholeTensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: readonly number[];
}

/** Pads are [top, left, bottom, right]. */
type Quad = readonly [number, number, number, number];
type Pair = readonly [number, number];

export interface OperatorAttributes {
  conv2d: { readonly stride: Pair; readonly pads: Quad; readonly dilation: Pair; readonly groups: number };
  max_pool2d: { readonly kernel: Pair; readonly stride: Pair; readonly pads: Quad };
  avg_pool2d: { readonly kernel: Pair; readonly stride: Pair; readonly pads: Quad };
  global_avg_pool2d: Record<string, never>;
  batch_norm_training: { readonly epsilon: number; readonly momentum: number };
  batch_norm_frozen: { readonly epsilon: number };
  relu6: Record<string, never>;
  gelu: Record<string, never>;
  silu: Record<string, never>;
  sigmoid: Record<string, never>;
  tanh: Record<string, never>;
  softplus: Record<string, never>;
  hard_sigmoid: Record<string, never>;
  hard_swish: Record<string, never>;
  softmax: Record<string, never>;
  linear: Record<string, never>;
  cross_entropy: { readonly reduction: 'mean' };
}

export interface OperatorCase<Operator extends keyof OperatorAttributes> {
  readonly name: string;
  readonly operator: Operator;
  readonly attributes: OperatorAttributes[Operator];
  readonly inputs: Readonly<Record<string, FormulaEntry>>;
  /** Class indices; cross_entropy only. */
  readonly labels?: readonly number[];
  readonly cotangent: FormulaEntry;
  readonly output: WholeTensor;
  readonly gradients: Readonly<Record<string, WholeTensor>>;
  /** Running statistics afterwards, from mean 0 and variance 1; batch_norm_training only. */
  readonly running?: { readonly mean: WholeTensor; readonly variance: WholeTensor };
}

/** A layer's case: `x` and every parameter by its name are inputs. */
export interface LayerCase {
  readonly name: string;
  readonly operator: 'layer_norm' | 'group_norm' | 'vit';
  readonly attributes: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, FormulaEntry>>;
  readonly cotangent: FormulaEntry;
  readonly output: WholeTensor;
  readonly gradients: Readonly<Record<string, WholeTensor>>;
}

/** The cases of `layers.json`. */
export function layerCases(): readonly LayerCase[] {
  const text = readFileSync(join(ROOT, 'test', 'fixtures', 'torch', 'layers.json'), 'utf8');
  return (JSON.parse(text) as { cases: LayerCase[] }).cases;
}

/** A loss's case: inputs without a gradient are constants. */
export interface LossCase {
  readonly name: string;
  readonly operator: 'binary_cross_entropy' | 'focal' | 'smooth_l1' | 'ciou' | 'smoothed_cross_entropy';
  readonly attributes: Readonly<Record<string, number | string>>;
  readonly inputs: Readonly<Record<string, FormulaEntry>>;
  readonly labels?: readonly number[];
  readonly cotangent: FormulaEntry;
  readonly output: WholeTensor;
  readonly gradients: Readonly<Record<string, WholeTensor>>;
}

/** The cases of `losses.json`. */
export function lossCases(): readonly LossCase[] {
  const text = readFileSync(join(ROOT, 'test', 'fixtures', 'torch', 'losses.json'), 'utf8');
  return (JSON.parse(text) as { cases: LossCase[] }).cases;
}

/** All cases of one operator, computed by torch in float64 from the float32 formula tensors. */
export function operatorCases<Operator extends keyof OperatorAttributes>(operator: Operator): OperatorCase<Operator>[] {
  const text = readFileSync(join(ROOT, 'test', 'fixtures', 'torch', 'operators.json'), 'utf8');
  const { cases } = JSON.parse(text) as { cases: OperatorCase<keyof OperatorAttributes>[] };
  return cases.filter((entry) => entry.operator === operator) as OperatorCase<Operator>[];
}

/** The values of an input or cotangent of a case, widened to float64. */
export function formulaValues({ name, shape, scale, offset }: FormulaEntry): Float64Array {
  return Float64Array.from(fixtureTensor(name, shape, scale, offset).data);
}
