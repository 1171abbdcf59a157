import { describe, expect, test } from 'vitest';
import { probeBlock } from '../../../main/train/backends.ts';
import { Graph } from '../../../native-models/core/graph.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { ModelBinding } from '../../../native-models/nn/binding.ts';
import type { Module } from '../../../native-models/nn/module.ts';
import { Mlp, MultiHeadAttention, TransformerBlock } from '../../../native-models/nn/transformer.ts';
import { packings } from '../../../native-models/onnx/packing.ts';
import { gradients } from '../../../native-models/passes/gradients.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { blockedBackend } from '../../../native-models/rules/onnx-blocked.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { shapeRules } from '../../../native-models/rules/shape.ts';
import { randomArray, relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

const block = await probeBlock();

interface Sizes {
  readonly images: number;
  readonly tokens: number;
  readonly width: number;
  readonly heads: number;
  readonly kept: number;
  /** By default all. */
  readonly elementsAtOnce?: number;
}

type Part = (sizes: Sizes) => Module & { call(x: Tensor, kept?: number): Tensor };
const attention: Part = ({ width, heads }) => new MultiHeadAttention(width, heads);
const wholeBlock: Part = ({ width, heads }) => new TransformerBlock(width, heads);
const mlp: Part = ({ width }) => new Mlp(width, 4 * width);

/** A part's output, cut to its first tokens, and the gradients of a weighted sum of that; `isCut`: cut by the part itself. */
function partProgram(part: Part, sizes: Sizes, isCut = true) {
  const { images, tokens, width, kept, elementsAtOnce } = sizes;
  const model = part(sizes);
  let binding: ModelBinding | null = null;
  const graph = new Graph(shapeRules, (owner) => {
    binding = new ModelBinding(owner, model, { training: true, ...(elementsAtOnce ? { elementsAtOnce } : {}) });
    return binding;
  });
  const { parameters } = binding! as ModelBinding;
  const x = graph.input('x', 'float32', [images, tokens, width]);
  const y = isCut ? model.call(x, kept) : model.call(x).slice([0, 0, 0], [images, kept, width]);
  const cotangent = randomArray(y.shape, rngFrom(1, 'cotangent'));
  const loss = y.mul(graph.constant(cotangent.data, y.shape)).sum([0, 1, 2]);
  const wrt = new Map<string, Tensor>([['x', x]]);
  for (const [name, parameter] of parameters) wrt.set(name, (binding! as ModelBinding).parameter(parameter));
  const slopes = gradients(loss, [...wrt.values()]);
  const outputs = new Map([['y', y], ...[...wrt.keys()].map((name, i) => [`d:${name}`, slopes[i]!] as const)]);
  const rng = rngFrom(2, 'block');
  // Wide layers would give every softmax one winner, with rounding as its only gradient.
  const spread = (name: string) => (name === 'x' ? 1 : name.endsWith('weight') ? 1 / Math.sqrt(width) : 0.1);
  const feeds = new Map(
    [...wrt].map(([name, { shape }]) => [name, randomArray(shape, rng, (r) => spread(name) * r.normal())] as const),
  );
  return { program: prune(outputs), feeds };
}

describe('a block asked for its first tokens', () => {
  test.each([1, 2, 5])('makes the first %i of all, with the gradients they have there', (kept) => {
    const sizes = { images: 3, tokens: 5, width: 8, heads: 2, kept };
    const [cut, whole] = [true, false].map((isCut) => {
      const { program, feeds } = partProgram(wholeBlock, sizes, isCut);
      return interpret(program, feeds);
    });

    for (const [name, value] of whole!) expect(relativeError(cut!.get(name)!, value), name).toBeLessThan(1e-12);
  });
});

/** Heads that are whole blocks of channels and heads that are not, all sizes large enough for the blocked layout. */
const CASES: Readonly<Record<string, Sizes>> = {
  'two images': { images: 2, tokens: 67, width: 384, heads: 6, kept: 67 },
  'one image': { images: 1, tokens: 131, width: 384, heads: 12, kept: 131 },
  'one token to an image': { images: 121, tokens: 1, width: 384, heads: 6, kept: 1 },
  'one head': { images: 2, tokens: 70, width: 384, heads: 1, kept: 70 },
  'heads that fill no blocks': { images: 2, tokens: 67, width: 384, heads: 16, kept: 67 },
  'the first token alone': { images: 2, tokens: 67, width: 384, heads: 6, kept: 1 },
  'some of many tokens': { images: 3, tokens: 50, width: 384, heads: 6, kept: 40 },
};

async function expectEvaluated(part: Part, sizes: Sizes): Promise<void> {
  const { program, feeds } = partProgram(part, sizes);
  const backends = [standardBackend, ...(block === null ? [] : [blockedBackend(block)])];
  const expected = interpret(program, feeds);

  for (const backend of backends) {
    const actual = await runOnnx(program, backend, feeds);
    for (const [name, value] of expected) {
      expect(relativeError(actual.get(name)!, value), `${backend.name}: ${name}`).toBeLessThan(2e-5);
    }
  }
}

test.each(Object.entries(CASES))('attention of %s has the evaluator’s value and gradients', async (_, sizes) => {
  await expectEvaluated(attention, sizes);
});

test('a block that makes the first token alone has the evaluator’s value and gradients', async () => {
  await expectEvaluated(wholeBlock, CASES['the first token alone']!);
});

describe('an MLP that makes so many elements at a time', () => {
  const sizes = { images: 2, tokens: 21, width: 8, heads: 1, kept: 21 };

  test.each([1, 16 * 32, 20 * 32, 33 * 32])('as %i gives what it gives at once', (elementsAtOnce) => {
    const [parts, whole] = [{ ...sizes, elementsAtOnce }, sizes].map((some) => {
      const { program, feeds } = partProgram(mlp, some);
      return { counts: program.ops.filter(({ prim }) => prim === 'Gelu').length, results: interpret(program, feeds) };
    });

    expect([parts!.counts > 1, whole!.counts]).toEqual([true, 1]);
    for (const [name, value] of whole!.results) {
      expect(relativeError(parts!.results.get(name)!, value), name).toBeLessThan(1e-12);
    }
  });

  test('has the evaluator’s value and gradients, the last part too small for blocks', async () => {
    const elementsAtOnce = 48 * 4 * 384;
    await expectEvaluated(mlp, { images: 2, tokens: 50, width: 384, heads: 1, kept: 50, elementsAtOnce });
  });
});

test.skipIf(block === null)('the weight of queries, keys and values lies as filters in one piece', () => {
  const { program } = partProgram(attention, CASES['two images']!);
  const { inputs, outputs } = packings(program, blockedBackend(block!));

  expect([inputs.get('qkv.weight')!.layout, outputs.get('d:qkv.weight')!.layout]).toEqual(['filter', 'filter']);
});
