import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyChecked, imageDocument } from '../../../main/label/labelling.ts';
import { predictImages, type Seer } from '../../../main/label/predict.ts';
import { redoGesture, undoGesture } from '../../../main/store/gestures.ts';
import { searchImages } from '../../../main/store/image-search.ts';
import { imageById, setReview } from '../../../main/store/images.ts';
import { MOST_DISAGREED, nextDisagreed, putPrediction } from '../../../main/store/predictions.ts';
import { createRun } from '../../../main/store/runs.ts';
import { NO_FILTER } from '../../../preload/contract/data.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import type { Change } from '../../../preload/contract/labelling.ts';
import type { PredictEvent } from '../../../preload/contract/proposals.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { newProject } from '../../kit/projects.ts';
import { newRun } from '../../kit/runs.ts';
import { storeImage } from '../../kit/stored-images.ts';

const ann = { made_by: 'ann', made_at_ms: 5 };

/** Sees one can in each image, with the score that stands for it. `broken`: an image that cannot be read. */
function seerOf(scores: ReadonlyMap<number, number>, broken: number | null = null) {
  const asked: number[][] = [];
  const seer: Seer = {
    look: async (images) => {
      asked.push(images.map(({ id }) => id));
      if (images.some(({ id }) => id === broken)) throw new AppError('image-truncated', `image ${broken} ends early`);
      return images.map(({ id }) => ({
        kind: 'objects',
        objects: [
          { class_name: 'carton', score: 0.01, xyxy: [0, 0, 5, 5], polygon: null },
          { class_name: 'can', score: scores.get(id) ?? 0.9, xyxy: [10, 20, 700, 60], polygon: null },
        ],
      }));
    },
  };
  return { seer, asked };
}

function project(count: number) {
  const made = newProject(undefined, 'image-object-detection');
  mkdirSync(join(made.folder, 'images'), { recursive: true });
  const ids = Array.from({ length: count }, (_, i) => storeImage(made.db, `${i}.jpg`));
  for (const i of ids.keys()) writeFileSync(join(made.folder, 'images', `${i}.jpg`), 'x');
  const runs = [createRun(made.db, newRun()), createRun(made.db, newRun())];
  let nowMs = 100;
  const predict = async (run: string, image_ids: readonly number[], seer: Seer) => {
    const told: number[] = [];
    const parts = {
      project: made,
      writer: { use: async <T>(work: (project: typeof made) => T | Promise<T>) => work(made) },
      clock: { nowMs: () => nowMs++ },
      ...{ seer, onPredicted: (image: number) => told.push(image) },
    };
    let last: PredictEvent | null = null;
    for await (const event of predictImages(parts, { run_id: run, image_ids: [...image_ids] }, undefined)) last = event;
    return { last, told };
  };
  return { ...made, ids, runs, predict };
}

test('what a run says is kept for each image, sifted and held inside it; one that cannot be read is named', async () => {
  const { db, ids, runs, predict } = project(5);
  const { seer, asked } = seerOf(new Map(), ids[3]!);
  const { last, told } = await predict(runs[0]!, [...ids, 999], seer);

  expect(last).toEqual({
    type: 'done',
    predicted: 4,
    skipped: [
      { id: 999, reason: 'it is no longer in the project' },
      { id: ids[3], reason: `image ${ids[3]} ends early` },
    ],
  });
  expect(told).toEqual([ids[0], ids[1], ids[2], ids[4]]);
  expect(asked[0]).toHaveLength(5);
  expect(imageDocument(db, ids[0]!, 0).proposals).toEqual({
    ...{ run_id: runs[0], settled: [], classes: [], made_at_ms: expect.any(Number) },
    objects: [{ index: 0, class_name: 'can', score: 0.9, xyxy: [10, 20, 640, 60], polygon: null }],
  });
  expect(imageDocument(db, ids[3]!, 0).proposals).toBeNull();
  expect(imageById(db, ids[0]!)!.is_labelled).toBe(false);
});

test('images are sorted by how unsure a model is, and by how far two are apart; those nobody asked about come last', async () => {
  const { db, ids, runs, predict } = project(4);
  const [a, b, c, d] = ids as [number, number, number, number];
  const by = (sort: 'entropy' | 'closeness' | 'disagreement') =>
    searchImages(db, { filter: NO_FILTER, sort: { by: sort, descending: true } });

  const first = new Map([
    [a, 0.95],
    [b, 0.55],
    [c, 0.7],
  ]);
  await predict(runs[0]!, [a, b, c], seerOf(first).seer);
  expect([by('entropy'), by('closeness')]).toEqual([
    [b, c, a, d],
    [b, c, a, d],
  ]);
  await predict(runs[1]!, [a, b], seerOf(new Map([[a, 0.1]])).seer);
  expect(by('disagreement').slice(0, 2)).toEqual([a, b]);
});

test('the way through disagreements begins with the greatest, leaves out what is done, and comes round', async () => {
  const { db, ids, runs, predict } = project(5);
  const [a, b, c, d, e] = ids as [number, number, number, number, number];
  const none = seerOf(new Map(ids.map((id) => [id, 0.1]))).seer;
  await predict(runs[0]!, [a, b, c, d], none);
  expect(nextDisagreed(db, a)).toBeNull();

  await predict(runs[1]!, [a, b, c], seerOf(new Map([[b, 0.1]])).seer); // disagrees on a and c
  const half = { kind: 'objects', objects: [] } as const;
  const row = { run_id: runs[1]!, image_id: d, made_at_ms: 900, found: half, entropy01: 0, closeness01: 0 };
  putPrediction(db, { ...row, disagreement01: 0.5 });

  expect([e, a, c, d, b].map((id) => nextDisagreed(db, id))).toEqual([a, c, d, a, a]);
  setReview(db, c, { state: 'accepted', note: '' });
  expect([a, d].map((id) => nextDisagreed(db, id))).toEqual([d, a]);
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${MOST_DISAGREED}`).all(2, 2, 0) as { detail: string }[];
  expect(plan.map(({ detail }) => detail)).toContain('SCAN predictions USING COVERING INDEX predictions_by_image');
});

test('accepting is one gesture that undo and redo turn with the proposals, until the model is asked again', async () => {
  const { db, ids, runs, predict } = project(1);
  const [image] = ids as [number];
  await predict(runs[0]!, ids, seerOf(new Map()).seer);
  const { made_at_ms, objects } = imageDocument(db, image, 0).proposals!;
  const [{ class_name, xyxy }] = objects as [(typeof objects)[number]];
  const flags = { is_crowd: false, is_difficult: false, is_occluded: false, is_truncated: false };
  const settle: Change = { type: 'settle', run_id: runs[0]!, made_at_ms, before: [], after: [0] };
  const edit = {
    image_id: image,
    name: 'accept a proposal',
    changes: [{ type: 'add', annotation: { class_name, shape: { kind: 'box', xyxy }, ...flags } } as const, settle],
  };
  const facts = () => {
    const { annotations, proposals, is_labelled } = imageDocument(db, image, 0);
    return [annotations.length, proposals!.settled, is_labelled];
  };

  applyChecked(db, 'image-object-detection', edit, ann);
  expect(facts()).toEqual([1, [0], true]);
  expect((await appErrorOf(() => applyChecked(db, 'image-object-detection', edit, ann))).code).toBe('edit-conflict');
  undoGesture(db, image);
  expect(facts()).toEqual([0, [], false]);
  redoGesture(db, image);
  expect(facts()).toEqual([1, [0], true]);

  await predict(runs[0]!, ids, seerOf(new Map()).seer);
  expect(facts()).toEqual([1, [], true]);
  undoGesture(db, image);
  expect(facts()).toEqual([0, [], false]);
});

test('rejecting says nothing of whether the image is labelled', async () => {
  const { db, ids, runs, predict } = project(1);
  const [image] = ids as [number];
  await predict(runs[0]!, ids, seerOf(new Map()).seer);
  const { made_at_ms } = imageDocument(db, image, 0).proposals!;
  const settle: Change = { type: 'settle', run_id: runs[0]!, made_at_ms, before: [], after: [0] };

  const made = applyChecked(db, 'image-object-detection', { image_id: image, name: 'reject', changes: [settle] }, ann);

  expect([made.is_labelled, made.proposals!.settled]).toEqual([false, [0]]);
});
