/** Has a trained run say what it sees in images that need no labels, and keeps what it says for people to decide on. */

import { existsSync } from 'node:fs';
import { clipBox } from '../../native-models/geometry/box.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { PredictEvent, PredictRequest } from '../../preload/contract/proposals.ts';
import type { Clock } from '../clock.ts';
import { type ImageRow, imageById, imageFile } from '../store/images.ts';
import { type Found, otherPrediction, putPrediction } from '../store/predictions.ts';
import type { ReadProject } from '../store/project.ts';
import type { SharedWriter } from '../store/shared-writer.ts';
import { closeness01, disagreement01, entropy01 } from './uncertainty.ts';

/** What a run's kept model is asked through. */
export interface Seer {
  /**
   * What it sees in each image, in their order.
   * Errors: cancelled; those of reading images, which one of them causes.
   */
  look(images: readonly ImageRow[], signal: AbortSignal | undefined): Promise<readonly Found[]>;
}

export interface PredictParts {
  readonly project: ReadProject;
  readonly writer: Pick<SharedWriter, 'use'>;
  readonly clock: Clock;
  readonly seer: Seer;
  /** Called once what was said of an image is kept. */
  readonly onPredicted: (image: number) => void;
}

/** Images of one question: few enough that progress shows, and that little is lost by stopping. */
const CHUNK = 64;
/** Fainter objects help nobody. */
const LEAST_SCORE = 0.05;
const MOST_OBJECTS = 300;

interface Skipped {
  readonly id: number;
  readonly reason: string;
}

/** What was said before it is stopped is kept. Errors: cancelled; training-process-died; project-in-use. */
export async function* predictImages(
  parts: PredictParts,
  { run_id, image_ids }: PredictRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<PredictEvent> {
  const { project } = parts;
  const total = image_ids.length;
  const skipped: Skipped[] = [];
  let predicted = 0;
  for (let first = 0; first < total; first += CHUNK) {
    yield { type: 'progress', done: first, total };
    const images = image_ids.slice(first, first + CHUNK).flatMap((id) => {
      const image = imageById(project.db, id);
      if (image !== null && existsSync(imageFile(project.folder, image))) return [image];
      skipped.push({ id, reason: image === null ? 'it is no longer in the project' : 'its file is missing' });
      return [];
    });
    const answers = await answersFor(parts, images, signal, skipped);
    await keep(parts, run_id, answers);
    predicted += answers.size;
  }
  yield { type: 'progress', done: total, total };
  yield { type: 'done', predicted, skipped };
}

/** An image that cannot be read is found by halves, so that the others are answered. */
async function answersFor(
  parts: PredictParts,
  images: readonly ImageRow[],
  signal: AbortSignal | undefined,
  skipped: Skipped[],
): Promise<Map<ImageRow, Found>> {
  const { seer } = parts;
  if (images.length === 0) return new Map();
  try {
    const found = await seer.look(images, signal);
    return new Map(images.map((image, i) => [image, sifted(found[i]!, image)]));
  } catch (error) {
    if (!(error instanceof AppError) || !error.code.startsWith('image-')) throw error;
    if (images.length === 1) {
      skipped.push({ id: images[0]!.id, reason: error.message });
      return new Map();
    }
    const half = Math.ceil(images.length / 2);
    const one = await answersFor(parts, images.slice(0, half), signal, skipped);
    return new Map([...one, ...(await answersFor(parts, images.slice(half), signal, skipped))]);
  }
}

async function keep(parts: PredictParts, run_id: string, answers: ReadonlyMap<ImageRow, Found>): Promise<void> {
  if (answers.size === 0) return;
  const { writer, clock, onPredicted } = parts;
  await writer.use(({ db }) =>
    db.transaction(() => {
      for (const [{ id: image_id }, found] of answers) {
        const other = otherPrediction(db, image_id, run_id);
        putPrediction(db, {
          ...{ run_id, image_id, made_at_ms: clock.nowMs(), found },
          entropy01: entropy01(found),
          closeness01: closeness01(found),
          disagreement01: other === null ? null : disagreement01(found, other.found),
        });
      }
    }),
  );
  for (const { id } of answers.keys()) onPredicted(id);
}

/** Of objects those that help somebody, held inside the image, best first; of classes the most probable first. */
function sifted(found: Found, { width_px: width, height_px: height }: ImageRow): Found {
  if (found.kind === 'classes') {
    return { kind: 'classes', classes: found.classes.toSorted((a, b) => b.probability - a.probability) };
  }
  const objects = found.objects
    .filter(({ score }) => score >= LEAST_SCORE)
    .map((object) => ({ ...object, xyxy: clipBox(object.xyxy, { width, height }) }))
    .filter(({ xyxy: [x0, y0, x1, y1] }) => x1 > x0 && y1 > y0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_OBJECTS);
  return { kind: 'objects', objects };
}
