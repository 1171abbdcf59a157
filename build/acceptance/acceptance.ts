/**
 * The slow training runs on real data that releases are held to, with the command line a user has.
 * `npm run acceptance [-- --only signs|curve]`; needs the data beside the checkout, and torch for the curve.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { AUGMENTATION } from '../../main/images/augment.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import { ROOT } from '../source-files.ts';

const SHARED = process.env['LIGHTBENCH_SHARED'] ?? join(ROOT, '..', 'shared');
const WORK = mkdtempSync(join(tmpdir(), 'lightbench-acceptance-'));

function lightbench(...args: readonly string[]): unknown {
  const command = [join(ROOT, 'main', 'cli.ts'), ...args, '--json'];
  const { status, stdout } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, LIGHTBENCH_HOME: join(WORK, 'home') },
  });
  if (status !== 0) throw new Error(`lightbench ${args[0]}: ${stdout}`);
  return JSON.parse(stdout);
}

interface Listed {
  readonly path: string;
  readonly label: string;
}

/** Every fourth file of a folder-per-class tree, in order of path, is for testing. */
function everyFourth(folder: string): { readonly train: readonly Listed[]; readonly test: readonly Listed[] } {
  const files = globSync(join(folder, '*', '*.{jpg,JPG,png}')).sort();
  const listed = files.map((path) => ({ path, label: basename(dirname(path)) }));
  return { train: listed.filter((_, i) => i % 4 !== 3), test: listed.filter((_, i) => i % 4 === 3) };
}

function projectOf(name: string, parts: ReturnType<typeof everyFourth>): string {
  const project = join(WORK, name);
  lightbench('create', project, '--task', 'image-classification');
  for (const [split, rows] of [
    ['train', parts.train],
    ['validation', parts.test],
  ] as const) {
    const file = join(WORK, `${name}-${split}.jsonl`);
    writeFileSync(file, rows.map(({ path, label }) => JSON.stringify({ image_url: path, label })).join('\n'));
    lightbench('import', project, file, '--split', split);
  }
  return project;
}

const settings = (values: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);

/** MobileNetV2 from published weights on hand signs. */
function signs(): boolean {
  const project = projectOf('signs', everyFourth(join(SHARED, 'data', 'sign-digits')));
  const weights = join(SHARED, 'data', 'weights', 'mobilenet_v2_100_in1k_f16.safetensors');
  const started = performance.now();
  const chosen = settings({ number_of_epochs: 10, training_batch_size: 32 });
  const run = lightbench('train', project, '--model', 'mobilenetv2', '--weights', weights, ...chosen) as RunSummary;
  const minutes = (performance.now() - started) / 60_000;
  const best = run.primary_metric.best ?? 0;
  console.log(
    `sign-digits, mobilenetv2: accuracy ${best.toFixed(4)} in ${minutes.toFixed(1)} min (at least 0.95 in 15 min)`,
  );
  return best >= 0.95 && minutes <= 15;
}

const SEEDS = [0, 1, 2] as const;
const CURVE = { epochs: 12, batch: 64, side: 32, rate: 0.01 } as const;

/** ResNet-18 from scratch on small pictures, ours and torch's with the same settings, three seeds each. */
function curve(): boolean {
  const parts = everyFourth(join(SHARED, 'data', 'cifar10-mini'));
  const project = projectOf('curve', parts);
  const ours = SEEDS.map((seed) => {
    const chosen = settings({
      number_of_epochs: CURVE.epochs,
      training_batch_size: CURVE.batch,
      train_crop_size: CURVE.side,
      valid_resize_size: CURVE.side,
      valid_crop_size: CURVE.side,
      learning_rate: CURVE.rate,
      early_stopping: 0,
      random_seed: seed,
    });
    const run = lightbench('train', project, '--model', 'resnet18', ...chosen) as RunSummary;
    return run.epochs.map(({ train_loss, metrics }) => ({ train_loss, accuracy: metrics['accuracy']! }));
  });
  const theirs = peerCurves(parts);
  const columns = (curves: readonly Curve[], field: keyof Point, epoch: number) =>
    curves.map((points) => points[epoch]![field]);
  const show = (values: readonly number[]) =>
    `${mean(values).toFixed(3)} (${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)})`;
  console.log(
    '| epoch | train loss, ours | train loss, torch | accuracy, ours | accuracy, torch |\n|---|---|---|---|---|',
  );
  for (let epoch = 0; epoch < CURVE.epochs; epoch++) {
    const cells = (['train_loss', 'accuracy'] as const).flatMap((field) =>
      [ours, theirs].map((curves) => show(columns(curves, field, epoch))),
    );
    console.log(`| ${epoch + 1} | ${cells.join(' | ')} |`);
  }
  const last = CURVE.epochs - 1;
  return (
    overlap(columns(ours, 'train_loss', last), columns(theirs, 'train_loss', last)) &&
    mean(columns(ours, 'accuracy', last)) > 0.25
  );
}

interface Point {
  readonly train_loss: number;
  readonly accuracy: number;
}
type Curve = readonly Point[];

function peerCurves(parts: ReturnType<typeof everyFourth>): Curve[] {
  const classes = [...new Set(parts.train.map(({ label }) => label))].sort();
  const list = (name: string, rows: readonly Listed[]) => {
    const file = join(WORK, name);
    writeFileSync(file, `${rows.map(({ path, label }) => `${path}\t${classes.indexOf(label)}`).join('\n')}\n`);
    return file;
  };
  const { crop_area_min, crop_area_max, crop_aspect_min, crop_aspect_max, brightness, contrast, saturation, hue } =
    AUGMENTATION;
  const numbers = {
    '--epochs': [CURVE.epochs],
    '--batch': [CURVE.batch],
    '--lr': [CURVE.rate],
    '--scale': [crop_area_min, crop_area_max],
    '--ratio': [crop_aspect_min, crop_aspect_max],
    '--jitter': [brightness, contrast, saturation, hue],
    '--seeds': [SEEDS.join(',')],
  };
  const flags = Object.entries(numbers).flatMap(([flag, values]) => [flag, ...values.map(String)]);
  const script = join(ROOT, 'build', 'bench', 'peer', 'curve.py');
  const lists = ['--train-list', list('train.txt', parts.train), '--valid-list', list('valid.txt', parts.test)];
  const { status, stdout } = spawnSync('/usr/bin/python3', [script, ...lists, ...flags], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0)
    throw new Error('the torch peer failed; it needs python3-torch, python3-torchvision and python3-pil');
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { epochs: Curve }).epochs);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Whether the two ranges meet, each widened by its own width: three seeds show only part of a spread. */
function overlap(a: readonly number[], b: readonly number[]): boolean {
  const range = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [low - (high - low), high + (high - low)] as const;
  };
  const [p, q] = [range(a), range(b)];
  return p[0] <= q[1] && q[0] <= p[1];
}

const CASES = { signs, curve } as const;

const { values } = parseArgs({ options: { only: { type: 'string' } } });
if (!existsSync(SHARED)) throw new Error(`the real data is not at ${SHARED}; set LIGHTBENCH_SHARED`);
const results = Object.entries(CASES)
  .filter(([name]) => values.only === undefined || values.only === name)
  .map(([name, run]) => [name, run()] as const);
for (const [name, isMet] of results) console.log(`${isMet ? 'met' : 'NOT MET'}: ${name}`);
process.exitCode = results.every(([, isMet]) => isMet) ? 0 : 1;
