/**
 * The main job from end to end, with the commands a person would type: renders pictures of workshop parts, imports
 * them, trains, evaluates, exports, and scores three pictures the model has never seen.
 * `npm run demo [-- --out DIR]`
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOptions } from '../command-options.ts';
import { ROOT } from '../source-files.ts';
import { makeDataset } from './dataset.ts';

const IMAGES = 720;
const SIDE_PX = 128;
const UNSEEN = 3;
const UNSEEN_SEED = 77; // another seed than the training pictures', so other pictures

/** Small pictures and a residual network: learns from scratch in a minute or two on two cores. */
const SETTINGS = {
  number_of_epochs: 11,
  training_batch_size: 16,
  train_crop_size: 48,
  valid_resize_size: 54,
  valid_crop_size: 48,
  learning_rate: 0.02,
} as const;

function lightbench(...args: readonly string[]): void {
  console.log(`\n$ lightbench ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(ROOT, 'main', 'cli.ts'), ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`lightbench ${args[0]} ended with status ${status}`);
}

const seconds = (sinceMs: number) => ((performance.now() - sinceMs) / 1000).toFixed(0);

async function main(): Promise<void> {
  const values = commandOptions({ out: { type: 'string' } });
  const folder = values.out ?? mkdtempSync(join(tmpdir(), 'lightbench-demo-'));
  const [pictures, unseen, project] = ['pictures', 'unseen', 'project'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const startMs = performance.now();

  console.log(`rendering ${IMAGES} pictures of workshop parts into ${pictures} …`);
  const making = { kind: 'classification', sidePx: SIDE_PX, workers: 2 } as const;
  await makeDataset(pictures, { ...making, images: IMAGES, seed: 1 });
  await makeDataset(unseen, { ...making, images: UNSEEN, seed: UNSEEN_SEED });
  console.log(`done in ${seconds(startMs)} s`);

  lightbench('create', project, '--task', 'image-classification', '--name', 'Workshop parts');
  lightbench('import', project, join(pictures, 'annotations.jsonl'));
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  lightbench('train', project, '--model', 'resnet18', '--weights', 'none', ...settings);
  lightbench('evaluate', project, 'r0001');
  const bundle = join(project, 'bundles', 'r0001');
  lightbench('bundle', project, 'r0001', '--out', bundle);

  const truth = readFileSync(join(unseen, 'annotations.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { image_url: string; label: string });
  lightbench('score', bundle, ...truth.map(({ image_url }) => join(unseen, image_url)));
  console.log(`they are: ${truth.map(({ label }) => label).join(', ')}`);
  console.log(`\ndemo done in ${seconds(startMs)} s; look at it with: npm start ${project}`);
}

await main();
