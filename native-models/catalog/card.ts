/** What a catalogue says of a model. */

import type { Shape } from '../core/shape.ts';
import type { Detector } from '../detection/detector.ts';
import type { MobileNetV2Options } from '../models/mobilenetv2.ts';
import type { Module } from '../nn/module.ts';
import type { Hyperparameter, Hyperparameters } from './hyperparameters.ts';

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

/** What every card says. */
interface CardFacts {
  readonly name: string;
  readonly tasks: readonly string[];
  readonly title: string;
  readonly source: string;
  readonly hyperparameters: readonly Hyperparameter[];
  /** Defaults that a task has of its own. */
  readonly taskDefaults: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Prefixes of the parameters that depend on the number of classes. */
  readonly headPrefixes: readonly string[];
  /** Groups that `layers_to_freeze` counts, each a list of prefixes. Source: product specification, section 6.7.5. */
  readonly freezeGroups: readonly (readonly string[])[];
  /** Values of a parameter of one shape made into another's, or null; without it, shapes must agree. */
  readonly adapt?: (name: string, from: Shape, to: Shape) => ((values: Float32Array) => Float32Array) | null;
  /** Which parameters the weight decay is for; without it, all. */
  readonly decays?: (name: string, shape: Shape) => boolean;
}

/** Tells classes of whole images. */
export interface ClassifierCard extends CardFacts {
  readonly kind: 'classifier';
  /** Side of the patches it cuts pictures into, in pixels: their side is a multiple of it. Null where any side will do. */
  readonly patchPx: number | null;
  /** `sidePx` of the pictures matters where `patchPx` is given: the table of positions belongs to it. */
  readonly build: (classes: number, convention: InputConvention, sidePx?: number) => Module;
}

export interface DetectorSetting {
  readonly classes: number;
  /** Every hyperparameter with its value. */
  readonly params: Hyperparameters;
  /** Boxes of a picture that training takes in. */
  readonly slots: number;
  /** Whether training starts from weights; by default it does. What a trained network says does not depend on it. */
  readonly isPretrained?: boolean;
  /** As its weights ask for, where it matters to the network. */
  readonly stridedPadding?: InputConvention['stridedPadding'];
}

/** Finds objects. */
export interface DetectorCard extends CardFacts {
  readonly kind: 'detector';
  /** What it expects of pixels where its weights say nothing. */
  readonly convention: InputConvention;
  /** The classifier that its network begins with, whose weights it can start from. */
  readonly backbone?: string;
  /** How pictures are shown to it: in the middle of a square, or scaled by their shorter side. */
  readonly views: 'letterboxed' | 'scaled';
  readonly build: (setting: DetectorSetting) => Detector;
}

export type ModelCard = ClassifierCard | DetectorCard;
