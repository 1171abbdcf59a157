/** The layout of `test/fixtures/torch/resnet18.json`, its like, and `logits.json`; their script says what each part means. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../build/source-files.ts';

export interface TensorEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly scale: number;
  readonly offset: number;
  readonly bits_sum: number;
}

export interface TensorSummary {
  readonly norm: number;
  readonly first: readonly number[];
}

export interface TrainingNumbers {
  readonly eval_logits: readonly (readonly number[])[];
  readonly train_logits: readonly (readonly number[])[];
  readonly gradients: Readonly<Record<string, TensorSummary & { readonly dot: number }>>;
  readonly losses: readonly number[];
  readonly after_three_steps: Readonly<Record<string, TensorSummary>>;
  readonly eval_logits_after: readonly (readonly number[])[];
}

export interface TrainingCase {
  readonly input: TensorEntry;
  readonly labels: readonly number[];
  readonly optimizer: {
    readonly lr: number;
    readonly momentum: number;
    readonly weight_decay: number;
    readonly nesterov: boolean;
  };
  readonly spread: {
    readonly losses: readonly number[];
    readonly gradients: number;
    readonly after_three_steps: number;
  };
  /** Without the numbers after three steps where float32 does not follow float64 that far. */
  readonly float32: Omit<TrainingNumbers, 'after_three_steps' | 'eval_logits_after'> &
    Partial<Pick<TrainingNumbers, 'after_three_steps' | 'eval_logits_after'>>;
  readonly float64: TrainingNumbers;
}

export interface TrainingFixture {
  readonly made_with: string;
  readonly model: string;
  readonly classes: number;
  readonly tensors: readonly TensorEntry[];
  readonly cases: readonly TrainingCase[];
}

/** Reference numbers of three training steps, made with torch. */
export function trainingFixture(model: string): TrainingFixture {
  return JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'torch', `${model}.json`), 'utf8')) as TrainingFixture;
}

export interface LogitsEntry {
  /** Elements of all that trains. */
  readonly parameters: number;
  readonly input: TensorEntry;
  readonly eval_logits: readonly (readonly number[])[];
  /** Of torch's own float32 run from these, relative to their length. */
  readonly float32_distance: number;
}

/** Reference outputs of untrained models, by name, made with torch in float64. */
export function logitsFixtures(): Readonly<Record<string, LogitsEntry>> {
  return JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'torch', 'logits.json'), 'utf8'));
}

/** One step's loss and gradients in batch statistics, made with torch in float64. */
export interface GradientsEntry {
  readonly input: TensorEntry;
  readonly labels: readonly number[];
  /** How the names of the norms end whose scale is a quarter of the formula's; null for none. */
  readonly quartered: string | null;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly [norm: number, dot: number]>>;
  /** How far torch's own float32 gradients are, relative to their length. */
  readonly float32_distances: { readonly median: number; readonly largest: number };
}

export function gradientsFixtures(): Readonly<Record<string, GradientsEntry>> {
  return JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'torch', 'gradients.json'), 'utf8'));
}
