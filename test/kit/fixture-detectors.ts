/** The layout of `test/fixtures/torch/detectors.json`; its script says what each part means. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../build/source-files.ts';
import type { Truth } from '../../native-models/detection/truth.ts';
import type { TensorEntry } from './fixture-training.ts';

type TruthRow = readonly [image: number, kind: number, left: number, top: number, right: number, bottom: number];

export interface DetectorEntry {
  readonly input: TensorEntry;
  readonly classes: number;
  readonly truth: readonly TruthRow[];
  readonly scales: Readonly<Record<string, number>>;
  readonly terms: Readonly<Record<string, number>>;
  readonly gradients: Readonly<Record<string, readonly [norm: number, dot: number]>>;
  readonly float32_distances: { readonly median: number; readonly largest: number };
}

export function detectorFixtures(): Readonly<Record<string, DetectorEntry>> {
  return JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'torch', 'detectors.json'), 'utf8'));
}

/** What is true of one picture. */
export function truthOf(rows: readonly TruthRow[], image: number): Truth {
  const own = rows.filter(([at]) => at === image);
  return {
    boxes: Float32Array.from(own.flatMap(([, , ...box]) => box)),
    labels: Int32Array.from(own, ([, kind]) => kind),
  };
}
