/**
 * What models say of images: the newest answer of each run, or of a model from elsewhere under its own id, and what people
 * have decided about it.
 */

import type { Xyxy } from '../../native-models/geometry/box.ts';
import type { Polygon } from '../../native-models/geometry/polygon.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { DONE } from './labelled.ts';

export interface FoundObject {
  readonly class_name: string;
  readonly score: number;
  readonly xyxy: Xyxy;
  /** Its outlines, where the model finds more than boxes. */
  readonly polygon: Polygon | null;
}

export type Found =
  | { readonly kind: 'objects'; readonly objects: readonly FoundObject[] }
  | {
      readonly kind: 'classes';
      readonly classes: readonly { readonly class_name: string; readonly probability: number }[];
    };

export interface NewPrediction {
  readonly run_id: string;
  readonly image_id: number;
  readonly made_at_ms: number;
  readonly found: Found;
  readonly entropy01: number;
  readonly closeness01: number;
  readonly disagreement01: number | null;
}

export interface Prediction extends Pick<NewPrediction, 'run_id' | 'image_id' | 'made_at_ms' | 'found'> {
  /** Places in what was found that a person has accepted or rejected, ascending. */
  readonly settled: readonly number[];
}

interface StoredPrediction {
  readonly run_id: string;
  readonly image_id: number;
  readonly made_at_ms: number;
  readonly kind: Found['kind'];
  readonly found_json: string;
  readonly settled_json: string;
}

/** Writes down a run's answer in place of its earlier one; nothing of it is settled. */
export function putPrediction(db: WriteDb, prediction: NewPrediction): void {
  const { run_id, image_id, made_at_ms, found, entropy01, closeness01, disagreement01 } = prediction;
  db.transaction(() => {
    db.prepare('DELETE FROM predictions WHERE run_id = ? AND image_id = ?').run(run_id, image_id);
    db.prepare(`
      INSERT INTO predictions (run_id, image_id, made_at_ms, kind, found_json, entropy01, closeness01, disagreement01)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`).run(
      ...[run_id, image_id, made_at_ms, found.kind, foundText(found), entropy01, closeness01, disagreement01],
    );
  });
}

const NEWEST = 'SELECT * FROM predictions WHERE image_id = ? ORDER BY id DESC LIMIT 1';
const NEWEST_OF_OTHERS = 'SELECT * FROM predictions WHERE image_id = ? AND run_id <> ? ORDER BY id DESC LIMIT 1';

/** The newest answer about an image, or null. */
export function newestPrediction(db: ReadDb, imageId: number): Prediction | null {
  return toPrediction(db.prepare(NEWEST).get(imageId) as StoredPrediction | undefined);
}

/** The newest answer of any other run about an image, or null. */
export function otherPrediction(db: ReadDb, imageId: number, runId: string): Prediction | null {
  return toPrediction(db.prepare(NEWEST_OF_OTHERS).get(imageId, runId) as StoredPrediction | undefined);
}

export const MOST_DISAGREED = `
  SELECT image_id AS id FROM predictions JOIN images ON images.id = image_id
  WHERE predictions.id IN (SELECT max(id) FROM predictions GROUP BY image_id)
    AND disagreement01 > 0 AND review NOT IN ${DONE}
    AND (disagreement01 < ? OR (disagreement01 = ? AND image_id > ?))
  ORDER BY disagreement01 DESC, image_id LIMIT 1`;
/** More than any disagreement. */
const FROM_THE_FIRST = 2;

/**
 * The image on which two models disagree most of those that nobody has said to be done: after this one in that order, else
 * the first of it; null where there is no other.
 */
export function nextDisagreed(db: ReadDb, imageId: number): number | null {
  const here = db.prepare(NEWEST).get(imageId) as { readonly disagreement01: number | null } | undefined;
  const after = (disagreement01: number, id: number) =>
    (db.prepare(MOST_DISAGREED).get(disagreement01, disagreement01, id) as { readonly id: number } | undefined)?.id ??
    null;
  const found = after(here?.disagreement01 ?? FROM_THE_FIRST, imageId) ?? after(FROM_THE_FIRST, 0);
  return found === imageId ? null : found;
}

/** A run's answer about an image, or null. */
export function predictionOf(db: ReadDb, imageId: number, runId: string): Prediction | null {
  const row = db.prepare('SELECT * FROM predictions WHERE image_id = ? AND run_id = ?').get(imageId, runId);
  return toPrediction(row as StoredPrediction | undefined);
}

/** Takes back all that a model has said. */
export function forgetPredictions(db: WriteDb, runId: string): void {
  db.prepare('DELETE FROM predictions WHERE run_id = ?').run(runId);
}

export function settle(db: WriteDb, imageId: number, runId: string, settled: readonly number[]): void {
  db.prepare('UPDATE predictions SET settled_json = ? WHERE image_id = ? AND run_id = ?').run(
    ...[JSON.stringify(settled), imageId, runId],
  );
}

function foundText(found: Found): string {
  return JSON.stringify(
    found.kind === 'objects'
      ? found.objects.map(({ class_name, score, xyxy, polygon }) => [class_name, score, ...xyxy, polygon])
      : found.classes.map(({ class_name, probability }) => [class_name, probability]),
  );
}

function toPrediction(row: StoredPrediction | undefined): Prediction | null {
  if (row === undefined) return null;
  const { run_id, image_id, made_at_ms, kind, found_json, settled_json } = row;
  return {
    ...{ run_id, image_id, made_at_ms, found: foundOf(kind, found_json) },
    settled: JSON.parse(settled_json) as number[],
  };
}

function foundOf(kind: Found['kind'], text: string): Found {
  if (kind === 'objects') {
    const rows = JSON.parse(text) as [string, number, number, number, number, number, Polygon | null][];
    const objects = rows.map(([class_name, score, x0, y0, x1, y1, polygon]): FoundObject => {
      return { class_name, score, xyxy: [x0, y0, x1, y1], polygon };
    });
    return { kind, objects };
  }
  const rows = JSON.parse(text) as [string, number][];
  return { kind, classes: rows.map(([class_name, probability]) => ({ class_name, probability })) };
}
