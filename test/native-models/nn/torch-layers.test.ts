import { describe, expect, test } from 'vitest';
import { openSession, Tensor as RuntimeTensor } from '../../../main/train/runtime.ts';
import { Graph } from '../../../native-models/core/graph.ts';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { ModelBinding } from '../../../native-models/nn/binding.ts';
import { ones } from '../../../native-models/nn/init.ts';
import { Linear } from '../../../native-models/nn/layers.ts';
import { contextOf, Module, namedParameters, Parameter } from '../../../native-models/nn/module.ts';
import { GroupNorm, LayerNorm } from '../../../native-models/nn/normalisation.ts';
import { PatchEmbed, TransformerBlock, withClassToken } from '../../../native-models/nn/transformer.ts';
import { writeOnnx } from '../../../native-models/onnx/write.ts';
import { gradients } from '../../../native-models/passes/gradients.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { shapeRules } from '../../../native-models/rules/shape.ts';
import { formulaValues, type LayerCase, layerCases } from '../../kit/fixture-operators.ts';
import { relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

/** A vision transformer as timm puts it together, as small as a test wants it. */
class TinyViT extends Module {
  readonly cls_token: Parameter;
  readonly pos_embed: Parameter;
  readonly patch_embed: PatchEmbed;
  readonly blocks: readonly TransformerBlock[];
  readonly norm: LayerNorm;
  readonly head: Linear;

  constructor({ side, width, heads, depth, classes }: Readonly<Record<string, number>>, tokens: number, dropPath = 0) {
    super();
    this.cls_token = new Parameter([1, 1, width!], ones);
    this.pos_embed = new Parameter([1, tokens + 1, width!], ones);
    this.patch_embed = new PatchEmbed(3, width!, side!);
    this.blocks = Array.from({ length: depth! }, () => new TransformerBlock(width!, heads!, { dropPath }));
    this.norm = new LayerNorm(width!, 1e-6);
    this.head = new Linear(width!, classes!);
  }

  call(x: Tensor): Tensor {
    const [token, positions] = [this.cls_token, this.pos_embed].map((key) => contextOf(x).parameter(key));
    const start = withClassToken(this.patch_embed.call(x), token!, positions!);
    const tokens = this.blocks.reduce((value, block) => block.call(value), start);
    const [n, , width] = tokens.shape as [number, number, number];
    const first = tokens.slice([0, 0, 0], [n, 1, width]).reshape([n, width]);
    return this.head.call(this.norm.call(first));
  }
}

const layers = {
  layer_norm: ({ inputs }: LayerCase) => new LayerNorm(inputs['weight']!.shape[0]!, 1e-6),
  group_norm: ({ inputs, attributes }: LayerCase) => new GroupNorm(attributes['groups']!, inputs['weight']!.shape[0]!),
  vit: ({ attributes }: LayerCase) => new TinyViT(attributes, 9),
} as const;

function bound(model: Module, training: boolean) {
  let binding: ModelBinding | null = null;
  const graph = new Graph(shapeRules, (owner) => {
    binding = new ModelBinding(owner, model, { training });
    return binding;
  });
  return { graph, binding: binding! as ModelBinding };
}

function programOf(recorded: LayerCase) {
  const model = layers[recorded.operator](recorded);
  const { graph, binding } = bound(model, true);
  const x = graph.input('x', 'float32', recorded.inputs['x']!.shape);
  const y = model.call(x);
  const cotangent = graph.constant(formulaValues(recorded.cotangent), recorded.cotangent.shape);
  const loss = y.mul(cotangent).sum(y.shape.map((_, axis) => axis));
  const names = Object.keys(recorded.gradients);
  const tensors = names.map((name) => (name === 'x' ? x : binding.parameter(binding.parameters.get(name)!)));
  const slopes = gradients(loss, tensors);
  // An output may not have the name of an input.
  const outputs = new Map([['out:y', y], ...names.map((name, i) => [`out:${name}`, slopes[i]!] as const)]);
  const feeds = new Map(
    Object.entries(recorded.inputs).map(([name, entry]) => [name, { shape: entry.shape, data: formulaValues(entry) }]),
  );
  return { program: prune(outputs), feeds, parameters: [...binding.parameters.keys()] };
}

describe.each(layerCases().map((recorded) => [recorded.name, recorded] as const))('%s', (_, recorded) => {
  test('parameters have the names of the reference', () => {
    expect(programOf(recorded).parameters.sort()).toEqual(
      Object.keys(recorded.inputs)
        .filter((name) => name !== 'x')
        .sort(),
    );
  });

  test('output and gradients are those of torch', () => {
    const { program, feeds } = programOf(recorded);

    const results = interpret(program, feeds);

    const expected = Object.entries({ y: recorded.output, ...recorded.gradients });
    for (const [name, { shape, values }] of expected) {
      const actual = results.get(`out:${name}`)!;
      expect(actual.shape, name).toEqual(shape);
      const difference = actual.data.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
      expect(difference, name).toBeLessThan(1e-9);
    }
  });

  test('the runtime agrees', async () => {
    const { program, feeds } = programOf(recorded);

    const [expected, actual] = [interpret(program, feeds), await runOnnx(program, standardBackend, feeds)];

    for (const [name, value] of expected) expect(relativeError(actual.get(name)!, value), name).toBeLessThan(5e-5);
  });
});

describe('an exported transformer', () => {
  test('takes several images as it takes one', async () => {
    const model = new TinyViT({ side: 4, width: 8, heads: 2, depth: 2, classes: 3 }, 9);
    const { graph } = bound(model, false);
    const program = prune(new Map([['logits', model.call(graph.input('images', 'float32', [1, 3, 12, 12]))]]));
    const weights = new Map(
      [...namedParameters(model)].map(([name, { shape }]) => [name, formula(`some ${name}`, shape)] as const),
    );
    const bytes = writeOnnx(program, standardBackend, { name: 'test', weights, batchInputs: ['images'] });
    const session = await openSession(bytes, { device: 'cpu', threads: 1 });
    const pixels = formula('pixels', [3, 3, 12, 12]);
    const score = async (data: Float32Array, count: number) => {
      const { logits } = await session.run({ images: new RuntimeTensor('float32', data, [count, 3, 12, 12]) });
      return [...(logits!.data as Float32Array)];
    };

    const together = await score(pixels, 3);
    const apart: number[] = [];
    for (const i of [0, 1, 2]) apart.push(...(await score(pixels.slice(i * 432, (i + 1) * 432), 1)));
    await session.release();

    expect(together.length).toBe(9);
    together.forEach((value, i) => {
      expect(value).toBeCloseTo(apart[i]!, 5);
    });
  });
});

const formula = (name: string, shape: readonly number[]): Float32Array =>
  Float32Array.from(formulaValues({ name, shape, scale: 0.5, offset: 0 }));

describe('drop path', () => {
  test('leaves out whole branches of the images whose draw is low, and scales up the others', () => {
    const model = new TinyViT({ side: 4, width: 8, heads: 2, depth: 1, classes: 3 }, 9, 0.25);
    const { graph, binding } = bound(model, true);

    model.call(graph.input('images', 'float32', [5, 3, 12, 12]));

    expect(binding.noises.map((noise) => noise.shape)).toEqual([
      [5, 1, 1],
      [5, 1, 1],
    ]);
  });

  test('asks for no random numbers in evaluation', () => {
    const model = new TinyViT({ side: 4, width: 8, heads: 2, depth: 1, classes: 3 }, 9, 0.25);
    const { graph, binding } = bound(model, false);

    model.call(graph.input('images', 'float32', [5, 3, 12, 12]));

    expect(binding.noises).toEqual([]);
  });
});

test('patches that do not fill the image are refused by name', () => {
  const model = new TinyViT({ side: 4, width: 8, heads: 2, depth: 1, classes: 3 }, 9);
  const { graph } = bound(model, false);

  expect(() => model.call(graph.input('images', 'float32', [1, 3, 14, 12]))).toThrow(
    '"patch_embed.proj": patches of 4x4 pixels do not fill x [1,3,14,12]',
  );
});
