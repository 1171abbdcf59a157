/** Every model with what a person or a program needs to know to use it. */

import {
  type ClassifierCard,
  type DetectorCard,
  IMAGENET_CONVENTION,
  type InputConvention,
  type ModelCard,
} from './catalog/card.ts';
import { DETECTOR_CARDS } from './catalog/detector-cards.ts';
import {
  CLASSIFICATION,
  COMMON,
  type Hyperparameter,
  type Hyperparameters,
  type Problem,
  resolveHyperparameters,
  withDefaults,
} from './catalog/hyperparameters.ts';
import { MASK_RCNN_CARDS } from './catalog/mask-rcnn-cards.ts';
import { RCNN_CARDS } from './catalog/rcnn-cards.ts';
import { assert } from './core/assert.ts';
import type { Shape } from './core/shape.ts';
import { MobileNetV2 } from './models/mobilenetv2.ts';
import { RESNESTS, ResNeSt, type ResNeStName } from './models/resnest.ts';
import { RESNETS, ResNet, type ResNetName } from './models/resnet.ts';
import { SEResNeXt } from './models/seresnext.ts';
import { VITS, VisionTransformer, type ViTName } from './models/vit.ts';
import { canResample, resampledPositions } from './models/vit-positions.ts';
import { decaysAllButVectors } from './nn/decay.ts';
import { type Network, namedParameters } from './nn/module.ts';

export type { ClassifierCard, DetectorCard, InputConvention, ModelCard } from './catalog/card.ts';
export { IMAGENET_CONVENTION } from './catalog/card.ts';
export { BYTE_PIXELS } from './catalog/detector-cards.ts';

const CLASSIFICATION_TASKS = ['image-classification', 'image-classification-multilabel'];

/** Of the multi-label task. Source: product specification, section 6.6. */
const multiLabelLearningRate = (rate: number): ClassifierCard['taskDefaults'] => ({
  'image-classification-multilabel': { learning_rate: rate },
});

const RESNET_GROUPS = [['conv1.', 'bn1.'], ['layer1.'], ['layer2.'], ['layer3.'], ['layer4.']];

const RESNET_CARDS: readonly ClassifierCard[] = (Object.keys(RESNETS) as ResNetName[]).map((name) => ({
  name,
  kind: 'classifier',
  tasks: CLASSIFICATION_TASKS,
  title: `ResNet-${name.slice('resnet'.length)}: residual network of ${name.slice('resnet'.length)} layers`,
  source: 'https://arxiv.org/abs/1512.03385',
  hyperparameters: [...COMMON, ...CLASSIFICATION],
  taskDefaults: multiLabelLearningRate(0.035),
  headPrefixes: ['fc.'],
  freezeGroups: RESNET_GROUPS,
  patchPx: null,
  build: (classes) => new ResNet(name, classes),
}));

/** They have no list of their own in the specification: section 22 gives them ResNet's. */
const RESNEST_CARDS: readonly ClassifierCard[] = (Object.keys(RESNESTS) as ResNeStName[]).map((name) => ({
  name,
  kind: 'classifier',
  tasks: CLASSIFICATION_TASKS,
  title: `ResNeSt-${name.slice('resnest'.length)}: split-attention network of ${name.slice('resnest'.length)} layers`,
  source: 'https://arxiv.org/abs/2004.08955',
  hyperparameters: [...COMMON, ...CLASSIFICATION],
  taskDefaults: multiLabelLearningRate(0.035),
  headPrefixes: ['fc.'],
  freezeGroups: RESNET_GROUPS,
  patchPx: null,
  build: (classes) => new ResNeSt(name, classes),
}));

const VIT_PATCH_PX = 16;
/** Groups that can be frozen: the patches and twelve blocks, also of the large one. */
const VIT_GROUPS = [['patch_embed'], ...Array.from({ length: 12 }, (_, i) => [`blocks.${i}.`])];
/** Batch size and learning rates. Source: product specification, section 6.6. */
const VIT_DEFAULTS = {
  vits16r224: { title: 'ViT-S/16: small vision transformer', batch: 128, learningRate: 0.0125, multiLabelRate: 0.025 },
  vitb16r224: { title: 'ViT-B/16: vision transformer', batch: 48, learningRate: 0.0125, multiLabelRate: 0.025 },
  vitl16r224: { title: 'ViT-L/16: large vision transformer', batch: 10, learningRate: 0.001, multiLabelRate: 0.002 },
} as const satisfies Readonly<Record<ViTName, object>>;

/** As timm trains them: no decay for biases, norms, the class token and the positions. */
const vitDecays = (name: string, shape: Shape): boolean =>
  decaysAllButVectors(name, shape) && name !== 'cls_token' && name !== 'pos_embed';

/** Positions learned for pictures of another side are resampled. */
const vitAdapt: ModelCard['adapt'] = (name, from, to) => {
  if (name !== 'pos_embed' || !canResample(from, to)) return null;
  return (values) => resampledPositions(values, from, to);
};

const VIT_CARDS: readonly ClassifierCard[] = (Object.keys(VITS) as ViTName[]).map((name) => {
  const { title, batch, learningRate, multiLabelRate } = VIT_DEFAULTS[name];
  return {
    name,
    kind: 'classifier',
    tasks: CLASSIFICATION_TASKS,
    title,
    source: 'https://arxiv.org/abs/2010.11929',
    hyperparameters: withDefaults([...COMMON, ...CLASSIFICATION], {
      training_batch_size: batch,
      validation_batch_size: batch,
      learning_rate: learningRate,
    }),
    taskDefaults: multiLabelLearningRate(multiLabelRate),
    headPrefixes: ['head.'],
    freezeGroups: VIT_GROUPS,
    adapt: vitAdapt,
    patchPx: VIT_PATCH_PX,
    decays: vitDecays,
    build: (classes, _, sidePx) =>
      new VisionTransformer({
        ...VITS[name],
        classes,
        patchPx: VIT_PATCH_PX,
        ...(sidePx === undefined ? {} : { sidePx }),
      }),
  };
});

export const MODELS: readonly ModelCard[] = [
  {
    name: 'mobilenetv2',
    kind: 'classifier',
    tasks: CLASSIFICATION_TASKS,
    title: 'MobileNetV2: small and quick, for laptops and mobile use',
    source: 'https://arxiv.org/abs/1801.04381',
    hyperparameters: [...COMMON, ...CLASSIFICATION],
    taskDefaults: multiLabelLearningRate(0.035),
    headPrefixes: ['classifier.'],
    freezeGroups: Array.from({ length: 19 }, (_, i) => [`features.${i}.`]),
    patchPx: null,
    build: (classes, { stridedPadding }) => new MobileNetV2({ classes, stridedPadding }),
  },
  ...RESNET_CARDS,
  ...RESNEST_CARDS,
  {
    name: 'seresnext',
    kind: 'classifier',
    tasks: CLASSIFICATION_TASKS,
    title: 'SE-ResNeXt-50 32x4d: grouped convolutions, channels weighed by squeeze and excitation',
    source: 'https://arxiv.org/abs/1709.01507',
    hyperparameters: [...COMMON, ...CLASSIFICATION],
    taskDefaults: multiLabelLearningRate(0.035),
    headPrefixes: ['last_linear.'],
    freezeGroups: [['layer0.'], ['layer1.'], ['layer2.'], ['layer3.'], ['layer4.']],
    patchPx: null,
    build: (classes) => new SEResNeXt(classes),
  },
  ...VIT_CARDS,
  ...DETECTOR_CARDS,
  ...RCNN_CARDS,
  ...MASK_RCNN_CARDS,
];

/** What a task starts with when nobody names a model. Source: product specification, section 5 and conflict C10. */
const DEFAULT_MODELS: Readonly<Record<string, string>> = {
  'image-classification': 'vitb16r224',
  'image-classification-multilabel': 'vitb16r224',
  'image-object-detection': 'yolov5',
  'image-instance-segmentation': 'maskrcnn_resnet50_fpn',
};

/** The model of a task that nobody named one for. */
export function defaultModel(task: string): string {
  const name = DEFAULT_MODELS[task];
  assert(name !== undefined, `task "${task}" has no default model`);
  return name;
}

export function findModel(name: string): ModelCard | null {
  return MODELS.find((card) => card.name === name) ?? null;
}

/** The card of a model of whole images; null where there is none of that name. */
export function findClassifier(name: string): ClassifierCard | null {
  const card = findModel(name);
  return card?.kind === 'classifier' ? card : null;
}

/** The card of a model that finds objects; null where there is none of that name. */
export function findDetector(name: string): DetectorCard | null {
  const card = findModel(name);
  return card?.kind === 'detector' ? card : null;
}

/** A model's network with a head for that many classes: for its parameters, by name. */
export function networkOf(card: ModelCard, classes: number, params: Hyperparameters = defaultsOf(card)): Network {
  switch (card.kind) {
    case 'classifier':
      return card.build(classes, IMAGENET_CONVENTION);
    case 'detector':
      return card.build({ classes, params, slots: 1 });
    default:
      return card satisfies never;
  }
}

const defaultsOf = ({ hyperparameters }: ModelCard): Hyperparameters =>
  Object.fromEntries(hyperparameters.map((entry) => [entry.name, entry.default]));

/** The model whose weights will do for a part of another, or null. */
export function backboneOf(model: string): string | null {
  return findDetector(model)?.backbone ?? null;
}

/** What a model expects of pixels and padding where its weights say nothing. */
export function defaultConvention(card: ModelCard): InputConvention {
  return card.kind === 'detector' ? card.convention : IMAGENET_CONVENTION;
}

/** Prefixes of the parameters in the first `groups` groups. */
export function frozenPrefixes(card: ModelCard, groups: number): string[] {
  return card.freezeGroups.slice(0, groups).flat();
}

/** The hyperparameters of a model with the defaults of a task. */
export function hyperparametersOf(card: ModelCard, task: string): readonly Hyperparameter[] {
  return withDefaults(card.hyperparameters, card.taskDefaults[task] ?? {});
}

/** Every hyperparameter of a model with its value, and everything that is wrong with what was given. */
export function resolveFor(
  card: ModelCard,
  given: Readonly<Record<string, unknown>>,
  task: string = card.tasks[0]!,
): { readonly values: Hyperparameters; readonly problems: readonly Problem[] } {
  const { values, problems } = resolveHyperparameters(hyperparametersOf(card, task), given);
  return { values, problems: [...problems, ...misfits(card, values)] };
}

/** Running statistics are batch norm's. */
function hasBatchNorm(card: ModelCard): boolean {
  const parameters = namedParameters(networkOf(card, 1));
  return [...parameters.values()].some(({ role }) => role === 'statistic');
}

/** Values that are fine in themselves but not for this model. */
function misfits(card: ModelCard, values: Hyperparameters): Problem[] {
  const problems: Problem[] = [];
  const frozen = Number(values['layers_to_freeze'] ?? 0);
  if (frozen > card.freezeGroups.length) {
    const message = `layers_to_freeze must be at most ${card.freezeGroups.length} for ${card.name}, got ${frozen}`;
    problems.push({ name: 'layers_to_freeze', message });
  }
  return [...problems, ...normMisfits(card, values), ...sideMisfits(card, values)];
}

function normMisfits(card: ModelCard, values: Hyperparameters): Problem[] {
  const asked = ['synchronize_batch_norm', 'freeze_batch_norm'].filter((name) => values[name] === 1);
  if (asked.length === 0) return [];
  if (!hasBatchNorm(card)) {
    return asked.map((name) => ({ name, message: `${name} is for models with batch norm, and ${card.name} has none` }));
  }
  const message = 'freeze_batch_norm and synchronize_batch_norm exclude each other: what is kept is not computed anew';
  return asked.length === 1 ? [] : [{ name: 'freeze_batch_norm', message }];
}

/** Sides are made of whole cells of the coarsest map. */
const CELL_PX = 32;

function sideMisfits(card: ModelCard, values: Hyperparameters): Problem[] {
  if (card.kind === 'classifier') return patchMisfits(card, values);
  const side = values['img_size'];
  if (typeof side !== 'number' || side % CELL_PX === 0) return [];
  return [{ name: 'img_size', message: `img_size must be a multiple of ${CELL_PX} for ${card.name}, got ${side}` }];
}

/** Source: product specification, section 6.2: vision transformers need one crop size for training and validation. */
function patchMisfits({ name: model, patchPx }: ClassifierCard, values: Hyperparameters): Problem[] {
  if (patchPx === null) return [];
  const [trained, judged] = [Number(values['train_crop_size']), Number(values['valid_crop_size'])];
  const uneven = Object.entries({ train_crop_size: trained, valid_crop_size: judged })
    .filter(([, side]) => side % patchPx !== 0)
    .map(([name, side]) => ({ name, message: `${name} must be a multiple of ${patchPx} for ${model}, got ${side}` }));
  if (trained === judged) return uneven;
  const message = `valid_crop_size must be train_crop_size for ${model}, got ${judged} and ${trained}`;
  return [...uneven, { name: 'valid_crop_size', message }];
}
