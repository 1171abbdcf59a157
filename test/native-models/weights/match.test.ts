import { describe, expect, test } from 'vitest';
import { matchWeights, valuesOf } from '../../../native-models/weights/match.ts';
import { renamed } from '../../../native-models/weights/naming.ts';
import { parseSafetensors, writeSafetensors } from '../../../native-models/weights/safetensors.ts';

/** A file of tensors filled with their number. */
const fileOf = (shapes: Readonly<Record<string, readonly number[]>>) =>
  parseSafetensors(
    writeSafetensors(
      new Map(
        Object.entries(shapes).map(([name, shape], i) => {
          const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(i);
          return [name, { shape, data }] as const;
        }),
      ),
    ),
  );

const parameters = new Map(
  Object.entries({ 'body.weight': { shape: [2, 2] }, 'fc.weight': { shape: [3, 2] }, 'fc.bias': { shape: [3] } }),
);
const HEAD = { headPrefixes: ['fc.'] };

describe('matching weights to a model', () => {
  test('takes what fits and names what is left over', () => {
    const file = fileOf({
      'body.weight': [2, 2],
      'fc.weight': [3, 2],
      'fc.bias': [3],
      'aux.weight': [1],
      'bn.num_batches_tracked': [],
    });

    const match = matchWeights(parameters, file, HEAD);

    expect([...valuesOf(match)].map(([name, values]) => [name, values[0]])).toEqual([
      ['body.weight', 0],
      ['fc.weight', 1],
      ['fc.bias', 2],
    ]);
    expect(match).toMatchObject({ naming: 'own', problems: [], replacedHead: [], adapted: [], unused: ['aux.weight'] });
  });

  test.each([
    ['of another class count', { 'body.weight': [2, 2], 'fc.weight': [7, 2], 'fc.bias': [7] }],
    ['of which one part fits by chance', { 'body.weight': [2, 2], 'fc.weight': [3, 5], 'fc.bias': [3] }],
    ['that is not there', { 'body.weight': [2, 2] }],
  ])('a head %s is replaced as a whole', (_, shapes) => {
    const match = matchWeights(parameters, fileOf(shapes), HEAD);

    expect([...match.found.keys()]).toEqual(['body.weight']);
    expect(match).toMatchObject({ problems: [], replacedHead: ['fc.weight', 'fc.bias'] });
  });

  test('a body that lacks a tensor, or has it in another shape, is a problem with its reason', () => {
    expect(matchWeights(parameters, fileOf({ other: [1] }), HEAD).problems).toEqual(['body.weight [2,2] is missing']);
    expect(matchWeights(parameters, fileOf({ 'body.weight': [4] }), HEAD).problems).toEqual([
      'body.weight is [4], needs [2,2]',
    ]);
  });

  test('a model may make a tensor of another shape fit, and the match says which', () => {
    const match = matchWeights(parameters, fileOf({ 'body.weight': [1, 2] }), {
      ...HEAD,
      adapt: (name, from, to) =>
        name === 'body.weight' ? (values) => Float32Array.of(...values, ...from, ...to) : null,
    });

    expect(match).toMatchObject({ problems: [], adapted: ['body.weight'] });
    expect([...match.found.get('body.weight')!()]).toEqual([0, 0, 1, 2, 2, 2]);
  });
});

describe('weights of a backbone by itself', () => {
  const detector = new Map(
    Object.entries({
      'backbone.body.conv1.weight': { shape: [2, 2] },
      'backbone.body.layer4.1.bn2.bias': { shape: [2] },
      'backbone.fpn.inner_blocks.0.0.weight': { shape: [3] },
      'head.weight': { shape: [5] },
    }),
  );
  const classifier = { 'conv1.weight': [2, 2], 'layer4.1.bn2.bias': [2], 'fc.weight': [1000, 2] };
  const options = { headPrefixes: ['head.'], backbone: 'resnet18' };

  test('are taken where the model has one, and all else is told apart', () => {
    const match = matchWeights(detector, fileOf(classifier), options);

    expect([...match.found.keys()]).toEqual(['backbone.body.conv1.weight', 'backbone.body.layer4.1.bn2.bias']);
    expect(match).toMatchObject({
      naming: 'backbone-alone',
      besideBackbone: ['backbone.fpn.inner_blocks.0.0.weight', 'head.weight'],
      problems: [],
      replacedHead: [],
      unused: ['fc.weight'],
    });
  });

  test('must be whole', () => {
    const { problems } = matchWeights(detector, fileOf({ ...classifier, 'conv1.weight': [2, 3] }), options);

    expect(problems).toEqual(['backbone.body.conv1.weight is [2,3], needs [2,2]']);
  });

  test('are not what a detector is that lacks a part', () => {
    const file = fileOf({
      'backbone.body.conv1.weight': [2, 2],
      'backbone.body.layer4.1.bn2.bias': [2],
      'head.weight': [5],
    });

    expect(matchWeights(detector, file, options).problems).toEqual([
      'backbone.fpn.inner_blocks.0.0.weight [3] is missing',
    ]);
  });

  test('will not do for a model that names none', () => {
    expect(matchWeights(detector, fileOf(classifier), HEAD).problems).not.toEqual([]);
  });
});

describe('names of published files', () => {
  test("torchvision's vision transformers", () => {
    const names = [
      'class_token',
      'conv_proj.weight',
      'encoder.pos_embedding',
      'encoder.layers.encoder_layer_11.ln_1.weight',
      'encoder.layers.encoder_layer_11.self_attention.in_proj_weight',
      'encoder.layers.encoder_layer_11.self_attention.in_proj_bias',
      'encoder.layers.encoder_layer_11.self_attention.out_proj.weight',
      'encoder.layers.encoder_layer_11.ln_2.bias',
      'encoder.layers.encoder_layer_11.mlp.linear_1.weight',
      'encoder.layers.encoder_layer_11.mlp.3.bias',
      'encoder.ln.weight',
      'heads.head.bias',
    ];

    expect([...renamed(new Map(names.map((name) => [name, 0])), 'torchvision-vit').keys()]).toEqual([
      'cls_token',
      'patch_embed.proj.weight',
      'pos_embed',
      'blocks.11.norm1.weight',
      'blocks.11.attn.qkv.weight',
      'blocks.11.attn.qkv.bias',
      'blocks.11.attn.proj.weight',
      'blocks.11.norm2.bias',
      'blocks.11.mlp.fc1.weight',
      'blocks.11.mlp.fc2.bias',
      'norm.weight',
      'head.bias',
    ]);
  });

  test("timm's SE-ResNeXt", () => {
    const names = ['conv1.weight', 'bn1.running_mean', 'layer1.0.conv1.weight', 'layer1.0.se.fc1.weight', 'fc.bias'];

    expect([...renamed(new Map(names.map((name) => [name, 0])), 'timm-seresnext').keys()]).toEqual([
      'layer0.conv1.weight',
      'layer0.bn1.running_mean',
      'layer1.0.conv1.weight',
      'layer1.0.se_module.fc1.weight',
      'last_linear.bias',
    ]);
  });
});
