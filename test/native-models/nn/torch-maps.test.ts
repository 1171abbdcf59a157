import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import type { Pair } from '../../../native-models/core/primitives.ts';
import { padsOf, pair, type Tensor } from '../../../native-models/core/tensor.ts';
import { adaptiveAveragePool, resizeBilinear, resizeNearest } from '../../../native-models/nn/resize.ts';
import { pyramidLevels, roiAlign } from '../../../native-models/nn/roi-align.ts';
import { pulledBack } from '../../../native-models/passes/gradients.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import type { NdArray } from '../../../native-models/rules/nd-array.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { type FormulaEntry, formulaValues } from '../../kit/fixture-operators.ts';
import { newGraph, relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

/** Whole, or as sums over each row and each column of every plane. */
type Recorded = { readonly shape: readonly number[] } & (
  | { readonly values: readonly number[] }
  | { readonly row_sums: readonly number[]; readonly column_sums: readonly number[] }
);

interface MapCase {
  readonly name: string;
  readonly operator: keyof typeof operators;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, FormulaEntry>>;
  readonly cotangent: FormulaEntry;
  readonly output: Recorded;
  readonly gradients: Readonly<Record<string, Recorded>>;
}

type Inputs = Readonly<Record<string, Tensor>>;
type Attributes = MapCase['attributes'];

function alignedBoxes(inputs: Inputs, attributes: Attributes): Tensor {
  const { boxes, images, scales, size, ratio, aligned, levels } = attributes as {
    boxes: number[][];
    images: number[];
    scales: number[];
    size: Pair;
    ratio: number;
    aligned: boolean;
    levels?: [number, number];
  };
  const maps = scales.map((_, level) => inputs[`map${level}`]!);
  const { graph } = maps[0]!;
  const rois = graph.constant(boxes.flat(), [boxes.length, 4]);
  const owners = graph.constant(images, [images.length], 'int32');
  const chosen = levels ? pyramidLevels(rois, ...levels) : null;
  return roiAlign(maps, rois, owners, chosen, { size, samplingRatio: ratio, scales, aligned });
}

const operators = {
  resize_bilinear: ({ x }: Inputs, { size }: Attributes) => resizeBilinear(x!, size as Pair),
  resize_nearest: ({ x }: Inputs, { size }: Attributes) => resizeNearest(x!, size as Pair),
  adaptive_average_pool: ({ x }: Inputs, { size }: Attributes) => adaptiveAveragePool(x!, size as Pair),
  roi_align: alignedBoxes,
  conv_transpose2d: ({ x, weight, bias }: Inputs, attributes: Attributes) => {
    const { stride, padding, groups } = attributes as Record<string, number>;
    const attrs = { strides: pair(stride!), pads: padsOf(padding!), dilations: pair(1), group: groups! };
    return x!.convTranspose(weight!, attrs).add(bias!.reshape([1, bias!.shape[0]!, 1, 1]));
  },
  cut_max_pool: ({ x }: Inputs, attributes: Attributes) => x!.maxPool({ ...windowOf(attributes), ceil: true }),
  cut_average_pool: ({ x }: Inputs, attributes: Attributes) =>
    x!.averagePool({ ...windowOf(attributes), ceil: true, countPads: false }),
} as const;

const windowOf = (attributes: Attributes) => attributes as { kernel: number; stride: number; padding: number };

const cases = (
  JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'torch', 'maps.json'), 'utf8')) as { cases: MapCase[] }
).cases;

function programOf(recorded: MapCase) {
  const graph = newGraph();
  const names = Object.keys(recorded.inputs);
  const tensors = Object.fromEntries(
    names.map((name) => [name, graph.input(name, 'float32', recorded.inputs[name]!.shape)] as const),
  );
  const y = operators[recorded.operator](tensors, recorded.attributes);
  const cotangent = graph.constant(formulaValues(recorded.cotangent), recorded.cotangent.shape);
  const slopes = pulledBack(
    y,
    cotangent,
    names.map((name) => tensors[name]!),
  );
  const outputs = new Map([['out:y', y], ...names.map((name, i) => [`out:${name}`, slopes[i]!] as const)] as const);
  const feeds = new Map(
    names.map((name) => {
      const entry = recorded.inputs[name]!;
      return [name, { shape: entry.shape, data: formulaValues(entry) }] as const;
    }),
  );
  return { program: prune(outputs, Object.values(tensors)), feeds };
}

function sums(array: NdArray, along: 'rows' | 'columns'): Float64Array {
  const [h, w] = array.shape.slice(-2) as [number, number];
  const totals = new Float64Array(array.data.length / (along === 'rows' ? w : h));
  array.data.forEach((value, i) => {
    totals[along === 'rows' ? Math.floor(i / w) : Math.floor(i / (h * w)) * w + (i % w)]! += value;
  });
  return totals;
}

function expectRecorded(actual: NdArray, recorded: Recorded, name: string): void {
  expect(actual.shape, name).toEqual(recorded.shape);
  const near = (values: Float64Array, expected: readonly number[]) => {
    const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    expect(values.length, name).toBe(expected.length);
    expect(worst, name).toBeLessThan(1e-9);
  };
  if ('values' in recorded) near(actual.data, recorded.values);
  else {
    near(sums(actual, 'rows'), recorded.row_sums);
    near(sums(actual, 'columns'), recorded.column_sums);
  }
}

describe.each(cases.map((recorded) => [recorded.name, recorded] as const))('%s', (_, recorded) => {
  test('output and gradients are those of torch', () => {
    const { program, feeds } = programOf(recorded);

    const results = interpret(program, feeds);

    expectRecorded(results.get('out:y')!, recorded.output, 'y');
    for (const [name, gradient] of Object.entries(recorded.gradients))
      expectRecorded(results.get(`out:${name}`)!, gradient, name);
  });

  test('the runtime agrees', async () => {
    const { program, feeds } = programOf(recorded);

    const [expected, actual] = [interpret(program, feeds), await runOnnx(program, standardBackend, feeds)];

    for (const [name, value] of expected) expect(relativeError(actual.get(name)!, value), name).toBeLessThan(2e-5);
  });
});

test('operands of RoIAlign that do not fit are refused by name', () => {
  const graph = newGraph();
  const map = graph.input('map', 'float32', [1, 2, 8, 8]);
  const boxes = graph.input('boxes', 'float32', [3, 4]);
  const images = graph.input('images', 'int32', [3]);
  const options = { size: [2, 2], samplingRatio: 2, scales: [0.25] } as const;
  const short = graph.input('short', 'int32', [2]);

  expect(() => roiAlign([map], boxes, short, null, options)).toThrow('roiAlign: images are int32 [2], not int32 [3]');
  expect(() => roiAlign([map, map], boxes, images, null, options)).toThrow(
    'roiAlign: levels are none for 3 boxes on 2 maps',
  );
  expect(() => roiAlign([map], boxes, images, null, { ...options, samplingRatio: 0.5 })).toThrow(
    'roiAlign: sampling ratio 0.5 is not a whole number',
  );
});
