/** Truths and detections as tables, from COCO's files or from a few words. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CocoJudged, readCocoJudged } from '../../main/data/coco-judged.ts';
import type { DetectionSet } from '../../main/metrics/detection/objects.ts';

/** Reads two documents as the command does, from files of its own. */
export async function judgedOf(truth: unknown, predictions: unknown, withMasks = false): Promise<CocoJudged> {
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-coco-'));
  const [truthFile, predictionsFile] = [join(folder, 'truth.json'), join(folder, 'predictions.json')];
  try {
    writeFileSync(truthFile, typeof truth === 'string' ? truth : JSON.stringify(truth));
    writeFileSync(predictionsFile, typeof predictions === 'string' ? predictions : JSON.stringify(predictions));
    return await readCocoJudged(truthFile, predictionsFile, { withMasks });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface MadeTruth {
  readonly image?: number;
  readonly class?: number;
  readonly xywh: readonly [number, number, number, number];
  readonly isCrowd?: boolean;
}

export interface MadeDetection extends Omit<MadeTruth, 'isCrowd'> {
  readonly score: number;
}

/** Boxes of image 0 and class 0 where nothing else is said. */
export function setOf(truths: readonly MadeTruth[], detections: readonly MadeDetection[]): DetectionSet {
  const objects = (made: readonly MadeTruth[]) => ({
    image: Int32Array.from(made, ({ image = 0 }) => image),
    class: Int32Array.from(made, ({ class: k = 0 }) => k),
    xywh: Float64Array.from(made.flatMap(({ xywh }) => xywh)),
    area: Float64Array.from(made, ({ xywh }) => xywh[2] * xywh[3]),
    masks: null,
  });
  const all = [...truths, ...detections];
  return {
    images: 1 + Math.max(0, ...all.map(({ image = 0 }) => image)),
    classes: 1 + Math.max(0, ...all.map(({ class: k = 0 }) => k)),
    truths: { ...objects(truths), isCrowd: Uint8Array.from(truths, ({ isCrowd }) => (isCrowd === true ? 1 : 0)) },
    detections: { ...objects(detections), score: Float64Array.from(detections, ({ score }) => score) },
  };
}
