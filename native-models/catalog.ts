/** Every model with what a person or a program needs to know to use it. */

import {
  CLASSIFICATION,
  COMMON,
  type Hyperparameter,
  type Hyperparameters,
  type Problem,
  resolveHyperparameters,
} from './catalog/hyperparameters.ts';
import type { Shape } from './core/shape.ts';
import { MobileNetV2, type MobileNetV2Options } from './models/mobilenetv2.ts';
import { RESNETS, ResNet, type ResNetName } from './models/resnet.ts';
import type { Module } from './nn/module.ts';

/** What a set of weights expects of the pixels and of padding; trained models keep it. */
export interface InputConvention {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
  readonly stridedPadding: NonNullable<MobileNetV2Options['stridedPadding']>;
}

/** ImageNet statistics on RGB in 0..1. Source: product specification, section 7. */
export const IMAGENET_CONVENTION: InputConvention = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
  stridedPadding: 'symmetric',
};

export interface ModelCard {
  readonly name: string;
  readonly tasks: readonly string[];
  readonly title: string;
  readonly source: string;
  readonly hyperparameters: readonly Hyperparameter[];
  /** Prefixes of the parameters that depend on the number of classes. */
  readonly headPrefixes: readonly string[];
  /** Groups that `layers_to_freeze` counts, each a list of prefixes. Source: product specification, section 6.7.5. */
  readonly freezeGroups: readonly (readonly string[])[];
  /** Which parameters the weight decay is for; without it, all. */
  readonly decays?: (name: string, shape: Shape) => boolean;
  readonly build: (classes: number, convention: InputConvention) => Module;
}

const RESNET_CARDS: readonly ModelCard[] = (Object.keys(RESNETS) as ResNetName[]).map((name) => ({
  name,
  tasks: ['image-classification'],
  title: `ResNet-${name.slice('resnet'.length)}: residual network of ${name.slice('resnet'.length)} layers`,
  source: 'https://arxiv.org/abs/1512.03385',
  hyperparameters: [...COMMON, ...CLASSIFICATION],
  headPrefixes: ['fc.'],
  freezeGroups: [['conv1.', 'bn1.'], ['layer1.'], ['layer2.'], ['layer3.'], ['layer4.']],
  build: (classes) => new ResNet(name, classes),
}));

export const MODELS: readonly ModelCard[] = [
  {
    name: 'mobilenetv2',
    tasks: ['image-classification'],
    title: 'MobileNetV2: small and quick, for laptops and mobile use',
    source: 'https://arxiv.org/abs/1801.04381',
    hyperparameters: [...COMMON, ...CLASSIFICATION],
    headPrefixes: ['classifier.'],
    freezeGroups: Array.from({ length: 19 }, (_, i) => [`features.${i}.`]),
    build: (classes, { stridedPadding }) => new MobileNetV2({ classes, stridedPadding }),
  },
  ...RESNET_CARDS,
];

export function findModel(name: string): ModelCard | null {
  return MODELS.find((card) => card.name === name) ?? null;
}

/** Prefixes of the parameters in the first `groups` groups. */
export function frozenPrefixes(card: ModelCard, groups: number): string[] {
  return card.freezeGroups.slice(0, groups).flat();
}

/** Every hyperparameter of a model with its value, and everything that is wrong with what was given. */
export function resolveFor(
  card: ModelCard,
  given: Readonly<Record<string, unknown>>,
): { readonly values: Hyperparameters; readonly problems: readonly Problem[] } {
  const { values, problems } = resolveHyperparameters(card.hyperparameters, given);
  const frozen = Number(values['layers_to_freeze'] ?? 0);
  if (frozen <= card.freezeGroups.length) return { values, problems };
  const message = `layers_to_freeze must be at most ${card.freezeGroups.length} for ${card.name}, got ${frozen}`;
  return { values, problems: [...problems, { name: 'layers_to_freeze', message }] };
}
