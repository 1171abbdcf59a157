import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readAnyDescription } from '../../../main/bundle/description.ts';
import type { ObjectBundle } from '../../../main/bundle/object-description.ts';
import { objectSettingsOf } from '../../../main/bundle/object-settings.ts';
import { type FoundInImage, scoreObjects } from '../../../main/bundle/score-objects.ts';
import { writeBundle } from '../../../main/bundle/write-bundle.ts';
import { importDataset } from '../../../main/data/import.ts';
import { TILE_KEPT_SHARE } from '../../../main/images/objects/tiles.ts';
import { evaluateRun } from '../../../main/schedule/evaluate-run.ts';
import { readEvaluation } from '../../../main/schedule/read-evaluation.ts';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import { createProject, type WriteProject } from '../../../main/store/project.ts';
import { runSummary } from '../../../main/store/run-summaries.ts';
import { runById } from '../../../main/store/runs.ts';
import { FakeClock } from '../../kit/clock.ts';
import { writeJsonl } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder, tempFolder } from '../../kit/folders.ts';
import { detectorRequest, writeRectangles } from '../../kit/training.ts';

const TIMEOUT_MS = 120_000;
const TILES = { tile_grid_size: '2x2', tile_overlap_ratio: 0.5, tile_predictions_nms_thresh: 0.2 };
const folder = suiteFolder();
const bundle = join(folder, 'bundle');
let project: WriteProject;
let run: string;
/** Batches of its epoch, as it told while it trained. */
let steps = 0;

beforeAll(async () => {
  const identity = { clock: new FakeClock(), owner: 'lightbench test', task: 'image-object-detection' } as const;
  project = createProject(join(folder, 'project'), identity);
  const pictures = join(folder, 'pictures');
  await importDataset(project, writeJsonl(join(pictures, 'boxes.jsonl'), await writeRectangles(pictures, 8)));
  const request = detectorRequest('yolox_nano', {
    ...{ number_of_epochs: 1, warmup_cosine_lr_warmup_epochs: 0, ...TILES },
    ...{ training_batch_size: 10, box_score_thresh: 1e-5 }, // more than images, fewer than views; finds something
  });
  run = await trainNew(project, request, {
    onProgress: (progress) => {
      if (progress.phase === 'training') ({ steps } = progress);
    },
  });
  await writeBundle(project, run, bundle, { clock: new FakeClock(), threads: 2 });
  return () => project.close();
}, TIMEOUT_MS);

const described = () => readAnyDescription(bundle) as ObjectBundle;

function evaluated() {
  const lines = readFileSync(join(runFolder(project, run), 'predictions-validation.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as { image: string; boxes: FoundInImage['boxes'] });
}

async function scored(settings: Readonly<Record<string, string>> = {}) {
  const images = evaluated().map(({ image }) => join(project.folder, image));
  return (await scoreObjects(bundle, described(), images, { threads: 2, settings })) as FoundInImage[];
}

describe('a run that sees its images in tiles', () => {
  test('trains on each of them whole and in every tile, and says so', () => {
    expect(steps).toBe(3); // six images, five views of each, ten in a batch
    const { notes, params } = runById(project.db, run);
    expect(notes).toContain('every image is seen 5 times, whole and in 4 tiles: an epoch takes that many times longer');
    expect(params).toMatchObject({ ...TILES, tile_grid_size: '(2, 2)' });
    expect(params['augmentation']).toMatchObject({ tile_kept_share_min: TILE_KEPT_SHARE });
  });

  test('has the same numbers in its epoch, in its report and when it is evaluated again', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const [epoch] = runSummary(project.db, run).epochs;
    const report = readEvaluation(project, run, 'validation')!;

    const again = await evaluateRun(project, run, 'validation', 2);

    expect(report.metrics).toMatchObject(epoch!.metrics);
    expect(again.metrics).toEqual(report.metrics);
    expect(again.images).toBe(2);
  });
});

describe('its bundle', () => {
  test('carries the tiles, and finds what the evaluation found', { timeout: TIMEOUT_MS }, async () => {
    const rows = evaluated();

    const replies = await scored();

    expect(described().model_settings).toMatchObject({ ...TILES, tile_grid_size: '(2, 2)' });
    expect(replies.map(({ boxes }) => boxes.length)).toEqual(rows.map(({ boxes }) => boxes.length));
    replies.forEach(({ boxes }, i) => {
      expect(boxes.length).toBeGreaterThan(0);
      boxes.forEach(({ box, label, score }, k) => {
        const expected = rows[i]!.boxes[k]!;
        expect(label).toBe(expected.label);
        expect(score).toBeCloseTo(expected.score, 5);
        for (const side of ['topX', 'topY', 'bottomX', 'bottomY'] as const)
          expect(box[side]).toBeCloseTo(expected.box[side], 4);
      });
    });
  });

  test('may be asked for other tiles, in any spelling, or for none', { timeout: TIMEOUT_MS }, async () => {
    const own = await scored();

    const [none, other, strict] = [
      await scored({ tile_grid_size: 'none' }),
      await scored({ tile_grid_size: '3x1' }),
      await scored({ tile_predictions_nms_threshold: '0', tile_predictions_nms_per_class: '0' }),
    ];

    for (const replies of [none, other, strict]) expect(replies).not.toEqual(own);
    const apart = strict.flatMap(({ boxes }) =>
      boxes.flatMap((a, i) => boxes.slice(i + 1).map((b) => areApart(a.box, b.box))),
    );
    expect(apart).not.toContain(false);
  });

  test('refuses what is no grid and what no tile could be', async () => {
    const refused = async (settings: Readonly<Record<string, string>>) =>
      (await appErrorOf(async () => objectSettingsOf(described(), settings))).message;

    expect(await refused({ tile_grid_size: '3' })).toBe(
      'tile_grid_size must be two whole numbers from 1 to 32, as "(3, 2)", got "3"',
    );
    expect(await refused({ tile_overlap_ratio: '1' })).toContain('tile_overlap_ratio must be below 1');
    const copy = tempFolder();
    const settings = { ...described().model_settings, tile_grid_size: '(1000000, 1)' };
    writeFileSync(join(copy, 'bundle.json'), JSON.stringify({ ...described(), model_settings: settings }));
    expect((await appErrorOf(async () => readAnyDescription(copy))).code).toBe('bundle-invalid');
  });

  test('of before there were tiles has none', () => {
    const { model_settings: settings, ...rest } = described();
    const { box_score_thresh, box_iou_thresh, img_size } = settings as Extract<typeof settings, { img_size: number }>;
    const copy = tempFolder();
    const old = { ...rest, model_settings: { box_score_thresh, box_iou_thresh, img_size } };
    writeFileSync(join(copy, 'bundle.json'), JSON.stringify(old));

    const { viewing } = objectSettingsOf(readAnyDescription(copy) as ObjectBundle);

    expect(viewing.transform.tiles).toBeNull();
  });
});

type Box = FoundInImage['boxes'][number]['box'];

const areApart = (a: Box, b: Box): boolean =>
  a.bottomX <= b.topX || b.bottomX <= a.topX || a.bottomY <= b.topY || b.bottomY <= a.topY;
