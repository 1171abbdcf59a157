/**
 * Every detector for one epoch on real pictures through the command line a user has, small and few so that it is a matter
 * of minutes: trained, judged, bundled, and the bundle finds what the evaluation found. Nothing here says how good they
 * become.
 */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundInImage } from '../../main/bundle/score-objects.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import { table } from '../bench/statistics.ts';
import { cellsProject } from './cells.ts';
import { fruitsProject } from './segm.ts';
import { lightbench } from './sides.ts';
import { watched } from './watched.ts';

const BATCH = 2;
const PICTURES = { train: 3 * BATCH, val: 2 };
const COMMON = {
  number_of_epochs: 1,
  training_batch_size: BATCH,
  validation_batch_size: 1,
  warmup_cosine_lr_warmup_epochs: 0,
  number_of_workers: 1,
};
/** So low that a network finds something after three steps. */
const ONE_STAGE = { img_size: 320, box_score_thresh: 1e-4 };
const SCALED = { min_size: 240, max_size: 320, box_score_thresh: 1e-5 };
/** Of masks the same on photographs of fruits, whose outlines are known. */
const MASKS = { ...SCALED, box_detections_per_img: 20 };

const RESNETS = [18, 34, 50, 101, 152];
const CASES: readonly (readonly [model: string, given: Readonly<Record<string, string | number>>])[] = [
  ...['small', 'medium', 'large', 'xlarge'].map((model_size) => ['yolov5', { ...ONE_STAGE, model_size }] as const),
  ['retinanet_resnet50_fpn', SCALED],
  ...RESNETS.map((layers) => [`fasterrcnn_resnet${layers}_fpn`, SCALED] as const),
  ['maskrcnn_mobilenetv2_fpn', MASKS],
  ...RESNETS.map((layers) => [`maskrcnn_resnet${layers}_fpn`, MASKS] as const),
];
/** Of scores: another machine adds floats in another order. */
const TOLERANCE = 1e-3;

interface Row {
  readonly model: string;
  readonly isMet: boolean;
  readonly cells: readonly string[];
}

/**
 * Met when every model trains, its loss is a number, and its bundle says what the evaluation said. The deepest may find
 * nothing: after three steps its running statistics are far from those of the pictures, and it is sure of the background.
 */
export async function detectors(work: string): Promise<boolean> {
  const cells = cellsProject(work, 'cells-few', PICTURES);
  const fruits = fruitsProject(work, 'fruits-few', { train: PICTURES.train, validation: PICTURES.val });
  const rows: Row[] = [];
  for (const [model, given] of CASES) {
    rows.push(await oneEpoch(work, given === MASKS ? fruits : cells, model, given));
    console.log(`${rows.at(-1)!.model}: ${rows.at(-1)!.isMet ? 'fine' : 'NOT FINE'}`);
  }
  const size = `${ONE_STAGE.img_size} px, or ${SCALED.min_size} x ${SCALED.max_size}`;
  console.log(
    `bccd-cells, or fruits-nuts for masks, ${PICTURES.train} training pictures of ${size}, ${BATCH} at a time, one epoch`,
  );
  const header = ['model', 'peak MB', 's a step', 'loss', 'found: run, bundle', 'largest difference of scores'];
  console.log(
    table(
      header,
      rows.map(({ model, cells }) => [model, ...cells]),
    ),
  );
  return rows.every(({ isMet }) => isMet);
}

async function oneEpoch(
  work: string,
  project: string,
  model: string,
  given: Readonly<Record<string, string | number>>,
): Promise<Row> {
  const settings = Object.entries({ ...COMMON, ...given }).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const train = ['train', project, '--model', model, '--weights', 'none', ...settings];
  const { printed, peakBytes } = await watched<RunSummary>(work, train);
  const { id, epochs } = printed;
  const { train_loss: loss, images_per_second: rate } = epochs[0]!;
  lightbench(work, 'evaluate', project, id, '--split', 'validation');
  const rowsOf = readFileSync(join(project, 'runs', id, 'predictions-validation.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const judged = rowsOf.map((line) => JSON.parse(line) as { image: string; boxes: FoundInImage['boxes'] });
  const bundle = join(work, `bundle-${id}`);
  rmSync(bundle, { recursive: true, force: true });
  lightbench(work, 'bundle', project, id, '--out', bundle);
  const images = judged.map(({ image }) => join(project, image));
  const scored = lightbench(work, 'score', bundle, ...images) as readonly FoundInImage[];
  rmSync(bundle, { recursive: true });
  const differences = judged.map(({ boxes }, i) => distance(boxes, scored[i]!.boxes));
  const found = [judged, scored].map((all) => all.reduce((sum, { boxes }) => sum + boxes.length, 0));
  const size = typeof given['model_size'] === 'string' ? ` ${given['model_size']}` : '';
  return {
    model: `${model}${size}`,
    isMet: Number.isFinite(loss) && Math.max(...differences) < TOLERANCE,
    cells: [
      peakBytes === null ? '–' : String(Math.round(peakBytes / 1e6)),
      (BATCH / rate).toFixed(2),
      loss.toFixed(2),
      found.join(', '),
      Math.max(...differences).toExponential(1),
    ],
  };
}

/** Largest difference of two lists of falling scores, infinite where one is shorter. */
function distance(a: FoundInImage['boxes'], b: FoundInImage['boxes']): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, { score }, i) => Math.max(most, Math.abs(score - b[i]!.score)), 0);
}
