import { describe, expect, test } from 'vitest';
import { resolveHyperparameters } from '../../../native-models/catalog/hyperparameters.ts';
import { findClassifier, frozenPrefixes, MODELS, networkOf, resolveFor } from '../../../native-models/catalog.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';

const mobilenet = findClassifier('mobilenetv2')!;
const resnet = findClassifier('resnet18')!;
const messages = (given: Record<string, unknown>) =>
  resolveFor(mobilenet, given).problems.map(({ message }) => message);

describe('hyperparameters', () => {
  test('defaults are those of the specification', () => {
    expect(resolveFor(resnet, {}).values).toMatchObject({
      number_of_epochs: 15,
      training_batch_size: 78,
      validation_batch_size: 78,
      early_stopping: 1,
      early_stopping_patience: 5,
      early_stopping_delay: 5,
      learning_rate: 0.01,
      lr_scheduler: 'warmup_cosine',
      step_lr_gamma: 0.5,
      step_lr_step_size: 5,
      warmup_cosine_lr_cycles: 0.45,
      warmup_cosine_lr_warmup_epochs: 2,
      optimizer: 'sgd',
      momentum: 0.9,
      weight_decay: 1e-4,
      nesterov: 1,
      beta1: 0.9,
      beta2: 0.999,
      amsgrad: 0,
      evaluation_frequency: 1,
      split_ratio: 0.2,
      checkpoint_frequency: null,
      layers_to_freeze: null,
      weighted_loss: 0,
      valid_resize_size: 256,
      valid_crop_size: 224,
      train_crop_size: 224,
    });
  });

  test('a vision transformer has defaults of its own', () => {
    const vit = findClassifier('vitl16r224')!;

    expect(resolveFor(vit, {}).values).toMatchObject({
      training_batch_size: 10,
      validation_batch_size: 10,
      learning_rate: 0.001,
    });
  });

  test('a vision transformer takes pictures of whole patches, as large in training as in validation', () => {
    const of = (train_crop_size: number, valid_crop_size: number) =>
      resolveFor(findClassifier('vits16r224')!, { train_crop_size, valid_crop_size }).problems.map(
        ({ message }) => message,
      );

    expect(of(96, 96)).toEqual([]);
    expect(of(224, 256)).toEqual(['valid_crop_size must be train_crop_size for vits16r224, got 256 and 224']);
    expect(of(100, 100)).toEqual([
      'train_crop_size must be a multiple of 16 for vits16r224, got 100',
      'valid_crop_size must be a multiple of 16 for vits16r224, got 100',
    ]);
  });

  test('text from a command line is read as numbers', () => {
    expect(resolveFor(mobilenet, { learning_rate: '0.05', nesterov: '0', lr_scheduler: 'step' }).values).toMatchObject({
      learning_rate: 0.05,
      nesterov: 0,
      lr_scheduler: 'step',
    });
  });

  test('names of later generations stand for the canonical ones, which are what is kept', () => {
    const given = {
      gradient_accumulation_step: 2,
      learning_rate_scheduler: 'step',
      ams_gradient: 'True',
      validation_data_size: 0.1,
      validation_resize_size: 300,
      validation_crop_size: 160,
      training_crop_size: 128,
    };
    const { values, problems } = resolveFor(resnet, given);

    expect(problems).toEqual([]);
    expect(values).toEqual({
      ...resolveFor(resnet, {}).values,
      grad_accumulation_step: 2,
      lr_scheduler: 'step',
      amsgrad: 1,
      split_ratio: 0.1,
      valid_resize_size: 300,
      valid_crop_size: 160,
      train_crop_size: 128,
    });
    expect(messages({ validation_size: 2 })).toEqual(['validation_size must be a number from 0 to 1, got 2']);
    expect(messages({ split_ratio: 0.1, validation_size: 0.1 })).toEqual([
      'validation_size and split_ratio are the same hyperparameter: give it once',
    ]);
  });

  test('an alias of two names is the one that the model has, and of none it has stays unknown', () => {
    const row = (name: string) =>
      ({ name, domain: { kind: 'number', min: 0, max: 1 }, default: 0.5, meaning: '' }) as const;

    expect(resolveHyperparameters([row('box_iou_thresh')], { nms_iou_threshold: 0.3 }).values).toEqual({
      box_iou_thresh: 0.3,
    });
    expect(resolveHyperparameters([row('box_nms_thresh')], { nms_iou_thresh: 0.4 }).values).toEqual({
      box_nms_thresh: 0.4,
    });
    const size = {
      name: 'model_size',
      domain: { kind: 'choice', values: ['xlarge'] },
      default: null,
      meaning: '',
    } as const;
    expect(resolveHyperparameters([size], { model_size: 'extra_large' }).values).toEqual({ model_size: 'xlarge' });
    expect(messages({ image_size: 640 })).toEqual(['unknown hyperparameter "image_size"']);
  });

  test('a value out of range is refused with the range', () => {
    expect(messages({ learning_rate: '1.5' })).toEqual(['learning_rate must be a number from 0 to 1, got "1.5"']);
    expect(messages({ number_of_epochs: 2.5 })).toEqual(['number_of_epochs must be a whole number from 1, got 2.5']);
    expect(messages({ nesterov: 2 })).toEqual(['nesterov must be 0 or 1, got 2']);
    expect(messages({ optimizer: 'adagrad' })).toEqual(['optimizer must be one of sgd, adam, adamw, got "adagrad"']);
    expect(messages({ beta2: 1.1 })).toEqual(['beta2 must be a number from 0 to 1, got 1.1']);
    expect(messages({ momentum: '' })).toEqual(['momentum must be a number from 0 to 1, got ""']);
    expect(messages({ momentum: Number.NaN })).toEqual(['momentum must be a number from 0 to 1, got null']);
  });

  test('every problem is told at once, and a misspelt name gets a suggestion', () => {
    expect(messages({ learning_rat: 0.1, momentum: 2 })).toEqual([
      'unknown hyperparameter "learning_rat"; did you mean learning_rate?',
      'momentum must be a number from 0 to 1, got 2',
    ]);
    expect(messages({ constructor: 1 })).toEqual(['unknown hyperparameter "constructor"']);
  });

  test('a beta of 1 is refused for the optimizers that use it', () => {
    expect(messages({ optimizer: 'adamw', beta1: 1 })).toEqual([
      'beta1 must be below 1 for adamw: at 1 no gradient would count',
    ]);
    expect(messages({ optimizer: 'sgd', beta1: 1 })).toEqual([]);
  });

  test('a crop larger than the resized image is refused', () => {
    expect(messages({ valid_crop_size: 300 })).toEqual([
      'valid_resize_size 256 must be at least valid_crop_size 300: the crop is taken from the resized image',
    ]);
  });
});

describe('batch norm', () => {
  test('is frozen or synchronised, not both', () => {
    expect(messages({ freeze_batch_norm: 1 })).toEqual([]);
    expect(messages({ freeze_batch_norm: 1, synchronize_batch_norm: 1 })).toEqual([
      'freeze_batch_norm and synchronize_batch_norm exclude each other: what is kept is not computed anew',
    ]);
  });

  test.each(['freeze_batch_norm', 'synchronize_batch_norm'])('is not there for %s in a vision transformer', (name) => {
    const { problems } = resolveFor(findClassifier('vits16r224')!, { [name]: 1 });

    expect(problems).toEqual([{ name, message: `${name} is for models with batch norm, and vits16r224 has none` }]);
  });
});

describe('layers_to_freeze', () => {
  test('1 freezes the stem convolution of a ResNet with its batch norm', () => {
    expect(frozenPrefixes(resnet, 1)).toEqual(['conv1.', 'bn1.']);
  });

  test('counts the 19 feature groups of MobileNetV2', () => {
    expect(frozenPrefixes(mobilenet, 19).at(-1)).toBe('features.18.');
    expect(messages({ layers_to_freeze: 20 })).toEqual(['layers_to_freeze must be at most 19 for mobilenetv2, got 20']);
    expect(messages({ layers_to_freeze: 0 })).toEqual([]);
  });

  test('2 freezes the stem and the first stage of SE-ResNeXt; ResNeSt counts as ResNet does', () => {
    expect(frozenPrefixes(findClassifier('seresnext')!, 2)).toEqual(['layer0.', 'layer1.']);
    expect(frozenPrefixes(findClassifier('resnest50')!, 2)).toEqual(['conv1.', 'bn1.', 'layer1.']);
    expect(findClassifier('resnest101')!.freezeGroups).toEqual(resnet.freezeGroups);
  });

  test('of the large vision transformer counts the patches and the first twelve of its blocks', () => {
    const large = findClassifier('vitl16r224')!;

    expect(large.freezeGroups).toHaveLength(13);
    expect(frozenPrefixes(large, 13).at(-1)).toBe('blocks.11.');
  });

  test.each(MODELS)('names parameters that $name has, each in one group, and none of the head', (card) => {
    const names = [...namedParameters(networkOf(card, 10)).keys()];
    const groupsOf = (name: string) =>
      card.freezeGroups.filter((group) => group.some((prefix) => name.startsWith(prefix)));

    for (const prefix of card.freezeGroups.flat()) {
      expect(
        names.some((name) => name.startsWith(prefix)),
        prefix,
      ).toBe(true);
    }
    for (const name of names) expect(groupsOf(name).length, name).toBeLessThanOrEqual(1);
    const head = names.filter((name) => card.headPrefixes.some((prefix) => name.startsWith(prefix)));
    expect(head.flatMap(groupsOf)).toEqual([]);
    const weights = head.filter((name) => name.endsWith('.weight'));
    expect(head).toHaveLength(2 * weights.length);
    expect(weights.length).toBeGreaterThan(0); // weight and bias, of three maps where there are three
  });
});

test('a vision transformer decays its matrices alone, a residual network everything', () => {
  const vit = findClassifier('vits16r224')!;

  expect(resnet.decays).toBeUndefined();
  expect(vit.decays!('blocks.0.attn.qkv.weight', [1152, 384])).toBe(true);
  for (const [name, shape] of [
    ['blocks.0.norm1.weight', [384]],
    ['head.bias', [10]],
    ['cls_token', [1, 1, 384]],
    ['pos_embed', [1, 197, 384]],
  ] as const) {
    expect(vit.decays!(name, shape), name).toBe(false);
  }
});
