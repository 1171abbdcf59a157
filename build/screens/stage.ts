/** The projects that are shown: workshop parts, rendered, a picture each for telling apart and for finding. */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { systemClock } from '../../main/clock.ts';
import { classNames } from '../../main/store/classes.ts';
import { upsertEpoch } from '../../main/store/epochs.ts';
import { putPrediction } from '../../main/store/predictions.ts';
import { openProject } from '../../main/store/project.ts';
import { createRun } from '../../main/store/runs.ts';
import { makeDataset } from '../demo/dataset.ts';
import { ROOT } from '../source-files.ts';

export interface Stage {
  /** Pictures with one class each; runs and sweeps are made of them. */
  readonly parts: string;
  /** The data set it was imported from. */
  readonly partsSource: string;
  /** Pictures with boxes of objects. */
  readonly bench: string;
  /** The same pictures with outlines of objects, and what a model proposes for the first. */
  readonly outlines: string;
  /** A project without anything. */
  readonly empty: string;
}

const [PARTS, BENCHES, SIDE_PX, BENCH_SIDE_PX] = [240, 48, 96, 360];
/** So many are there twice, for the page of look-alikes. */
const COPIES = 3;
/** How sure a model is, and where, in pixels of the first picture with outlines. */
const PROPOSED = [
  [0.93, [20, 20, 90, 80]],
  [0.71, [230, 30, 320, 100]],
  [0.55, [40, 190, 130, 250]],
] as const;

export async function setStage(folder: string): Promise<Stage> {
  const at = (name: string) => join(folder, name);
  const [parts, bench, outlines, empty] = [at('parts'), at('bench'), at('outlines'), at('empty')];
  const [partsSource, benchSource] = [join(folder, 'part pictures'), join(folder, 'bench pictures')];
  const making = { seed: 3, workers: 2 };
  await makeDataset(partsSource, { ...making, kind: 'classification', images: PARTS, sidePx: SIDE_PX });
  await makeDataset(benchSource, { ...making, kind: 'detection', images: BENCHES, sidePx: BENCH_SIDE_PX });
  await copySome(partsSource);
  makeProject(parts, 'Workshop parts', 'image-classification', join(partsSource, 'annotations.jsonl'));
  makeProject(bench, 'Workshop bench', 'image-object-detection', join(benchSource, 'annotations.jsonl'));
  makeProject(outlines, 'Workshop outlines', 'image-instance-segmentation', join(benchSource, 'polygons.jsonl'));
  propose(outlines);
  makeProject(empty, 'Empty', 'image-classification', null);
  return { parts, partsSource, bench, outlines, empty };
}

/** Lighter copies of a few pictures under other names, one of them with another class. */
async function copySome(source: string): Promise<void> {
  const images = join(source, 'images');
  const file = join(source, 'annotations.jsonl');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const names = readdirSync(images).sort().slice(0, COPIES);
  const copies = await Promise.all(
    names.map(async (name, at) => {
      await sharp(join(images, name))
        .modulate({ brightness: 1.05 })
        .toFile(join(images, `copy-${name}`));
      const line = lines.find((text) => text.includes(name))!.replace(name, `copy-${name}`);
      const { label } = JSON.parse(lines.at(-1)!) as { label: string };
      return at === 0 ? JSON.stringify({ ...(JSON.parse(line) as object), label }) : line;
    }),
  );
  writeFileSync(file, `${[...lines, ...copies].join('\n')}\n`);
}

function makeProject(folder: string, name: string, task: string, source: string | null): void {
  lightbench('create', folder, '--task', task, '--name', name);
  if (source !== null) lightbench('import', folder, source);
}

/** What a run might find on the first picture. */
function propose(folder: string): void {
  const project = openProject(folder, { clock: systemClock, owner: 'screens', access: 'write' });
  const { db } = project;
  const classes = classNames(db);
  const made_at_ms = systemClock.nowMs();
  const run_id = createRun(db, {
    ...{ model: 'maskrcnn_resnet18_fpn', device: 'cpu', params: {}, primary_metric: 'mean_average_precision', seed: 1 },
    ...{ classes, split: { train: [], validation: [], test: [] }, weights: null, notes: [], created_at_ms: made_at_ms },
  });
  upsertEpoch(db, run_id, {
    ...{ epoch: 1, train_loss: 1, valid_loss: null, learning_rate: 0.01, seconds: 60, images_per_second: 4 },
    ...{ metrics: { mean_average_precision: 0.6 }, data_wait_seconds: 0, per_label_metrics: null },
  });
  const objects = PROPOSED.map(([score, xyxy], i) => ({
    ...{ class_name: classes[i % classes.length]!, score, xyxy, polygon: null },
  }));
  const found = { kind: 'objects', objects } as const;
  const rest = { made_at_ms, entropy01: 0.5, closeness01: 0.5, disagreement01: null };
  putPrediction(db, { run_id, image_id: 1, found, ...rest });
  project.close();
}

function lightbench(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'main', 'cli.ts'), ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`lightbench ${args.join(' ')}: ${stderr}`);
}
