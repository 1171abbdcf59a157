/** The layout of `test/fixtures/torch/explanations.json`; its script says what each part means. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../build/source-files.ts';
import type { TensorEntry, TensorSummary } from './fixture-training.ts';

export interface AttributionSummary extends TensorSummary {
  readonly sum: number;
  readonly dot: number;
}

type Rows = readonly (readonly number[])[];

export interface ExplanationCase {
  readonly input: TensorEntry;
  readonly baseline: TensorEntry;
  readonly target: number;
  readonly steps: number;
  readonly logits: readonly number[];
  readonly 'integrated.scores': readonly [image: number, baseline: number];
  readonly 'integrated.riemann_middle': AttributionSummary;
  readonly 'integrated.gausslegendre': AttributionSummary;
  readonly guided?: AttributionSummary;
  readonly grad_cam?: Rows;
  readonly mean_rollout?: Rows;
  readonly gradient_rollout?: Rows;
  readonly spread: Readonly<Record<string, number>>;
}

/** Reference explanations by model, made with torch in float64. */
export function explanationFixtures(): Readonly<Record<string, ExplanationCase>> {
  const file = join(ROOT, 'test', 'fixtures', 'torch', 'explanations.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { models: Record<string, ExplanationCase> }).models;
}
