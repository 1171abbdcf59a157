/**
 * Masks on a few real photographs and on rendered parts: the light Mask R-CNN from ImageNet weights of its backbone, ours
 * and torchvision's with the same network, recipe and augmentation. What counts is the last epoch; both sides are judged by
 * the same numbers, the peer's masks by `lightbench metrics`.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OBJECT_AUGMENTATION } from '../../main/images/objects/crop-and-expand.ts';
import { KNOWN_WEIGHTS } from '../../main/weights/catalogue.ts';
import { partsFromRings, type Ring } from '../../native-models/geometry/polygon.ts';
import { maskFromPolygon } from '../../native-models/geometry/rasterise.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import { PYTHON } from '../bench/contender.ts';
import { table } from '../bench/statistics.ts';
import { ROOT } from '../source-files.ts';
import { SHARED } from './data.ts';
import type { Epoch, Outcome, Results } from './results.ts';
import { lightbench, THREADS } from './sides.ts';

const TASK = 'image-instance-segmentation';
const MODEL = 'maskrcnn_mobilenetv2_fpn';
const SEED = 0;
const { name: WEIGHTS, convention } = KNOWN_WEIGHTS.find(({ name }) => name.startsWith('mobilenet_v2_100'))!;
const WEIGHTS_FILE = join(SHARED, 'data', 'weights', `${WEIGHTS}.safetensors`);
/** Of every five images one is for judging: of `fruits-nuts` 4 of 18. */
const [EVERY, JUDGED] = [5, 2];

interface CocoSet {
  readonly images: readonly {
    readonly id: number;
    readonly file_name: string;
    readonly width: number;
    readonly height: number;
  }[];
  readonly annotations: readonly {
    readonly image_id: number;
    readonly category_id: number;
    readonly segmentation: readonly Ring[] | { readonly counts: readonly number[] };
  }[];
  readonly categories: readonly { readonly id: number; readonly name: string }[];
}

interface SegmCase {
  readonly set: string;
  /** A COCO file, made in the work folder where there is none. */
  readonly coco: (work: string) => string;
  /** Holds the images. */
  readonly images: (work: string) => string;
  readonly recipe: Readonly<Record<string, number | string>>;
  readonly atLeast: Readonly<Record<'masks' | 'boxes', number>>;
}

const COMMON = {
  training_batch_size: 2,
  optimizer: 'adamw',
  learning_rate: 0.0005,
  weight_decay: 0.01,
  gradient_clip_norm: 5,
} as const;

const SEGM: readonly SegmCase[] = [
  {
    set: 'fruits-nuts',
    coco: () => join(SHARED, 'data', 'fruits-nuts', 'coco', 'trainval.json'),
    images: () => join(SHARED, 'data', 'fruits-nuts', 'images'),
    recipe: { ...COMMON, number_of_epochs: 20, min_size: 320, max_size: 640 },
    atLeast: { masks: 0.7, boxes: 0.7 },
  },
  {
    set: 'workshop-parts',
    coco: (work) => join(renderedParts(work), 'coco.json'),
    images: (work) => renderedParts(work),
    recipe: { ...COMMON, number_of_epochs: 20, min_size: 240, max_size: 320 },
    atLeast: { masks: 0.85, boxes: 0 },
  },
];

/** Met when both of a set's figures reach what is asked for. */
export function segm(work: string, results: Results): boolean {
  return SEGM.map((each) => judgeCase(each, work, results)).every(Boolean);
}

function judgeCase(each: SegmCase, work: string, results: Results): boolean {
  const { set, recipe, atLeast } = each;
  const key = {
    set,
    seed: SEED,
    recipe: { ...recipe, model: MODEL, weights: WEIGHTS, augmentation: OBJECT_AUGMENTATION },
  };
  const parts = splitOf(each, work);
  const ours = results.get({ ...key, side: 'ours' }, () => trainOurs(work, each, parts));
  const theirs = results.get({ ...key, side: 'torch' }, () => trainTorch(work, each, parts));
  console.log(`${set}, ${parts.validation.images.length} images judged, ${MODEL}, ${JSON.stringify(recipe)}`);
  console.log(
    table(['side', 'mask mAP@0.5', 'box mAP@0.5', 'minutes'], [row('ours', ours), row('torchvision', theirs)]),
  );
  const { masks, boxes } = figures(ours);
  return masks >= atLeast.masks && boxes >= atLeast.boxes;
}

const figures = ({ epochs }: Outcome) => {
  const { mean_average_precision, box_mean_average_precision } = epochs.at(-1)!.metrics;
  return { masks: mean_average_precision ?? 0, boxes: box_mean_average_precision ?? 0 };
};

function row(side: string, outcome: Outcome): string[] {
  const { masks, boxes } = figures(outcome);
  return [side, masks.toFixed(3), boxes.toFixed(3), outcome.minutes.toFixed(1)];
}

/** A project of the first so many photographs of fruits in each part; made once. */
export function fruitsProject(work: string, name: string, first: { train: number; validation: number }): string {
  const each = { ...SEGM[0]!, set: name };
  const { train, validation } = splitOf(each, work);
  return projectOf(work, each, {
    train: firstOf(train, first.train),
    validation: firstOf(validation, first.validation),
  });
}

function firstOf({ images, annotations, ...rest }: CocoSet, count: number): CocoSet {
  const kept = images.slice(0, count);
  const ids = new Set(kept.map(({ id }) => id));
  return { ...rest, images: kept, annotations: annotations.filter(({ image_id }) => ids.has(image_id)) };
}

type Parts = Readonly<Record<'train' | 'validation', CocoSet>>;

function splitOf(each: SegmCase, work: string): Parts {
  const whole = JSON.parse(readFileSync(each.coco(work), 'utf8')) as CocoSet;
  const inOrder = whole.images.toSorted((a, b) => a.id - b.id);
  const part = (isJudged: boolean): CocoSet => {
    const images = inOrder.filter((_, i) => (i % EVERY === JUDGED) === isJudged);
    const ids = new Set(images.map(({ id }) => id));
    return { ...whole, images, annotations: whole.annotations.filter(({ image_id }) => ids.has(image_id)) };
  };
  return { train: part(false), validation: part(true) };
}

const cocoFile = (work: string, set: string, split: string): string => join(work, `${set}-${split}.json`);

function projectOf(work: string, each: SegmCase, parts: Parts): string {
  const { set } = each;
  for (const split of ['train', 'validation'] as const)
    writeFileSync(cocoFile(work, set, split), JSON.stringify(parts[split]));
  const project = join(work, set);
  if (existsSync(project)) return project;
  const making = `${project}.partial`;
  rmSync(making, { recursive: true, force: true });
  lightbench(work, 'create', making, '--task', TASK, '--name', set);
  for (const split of ['train', 'validation'] as const)
    lightbench(work, 'import', making, cocoFile(work, set, split), '--images', each.images(work), '--split', split);
  renameSync(making, project);
  return project;
}

function trainOurs(work: string, each: SegmCase, parts: Parts): Epoch[] {
  const settings = {
    ...each.recipe,
    ...{ random_seed: SEED, early_stopping: 0, number_of_workers: 1 },
    evaluation_frequency: each.recipe['number_of_epochs']!,
  };
  const chosen = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const project = projectOf(work, each, parts);
  const run = lightbench(work, 'train', project, '--model', MODEL, '--weights', WEIGHTS_FILE, ...chosen) as RunSummary;
  return run.epochs.map(({ train_loss, metrics }) => ({ train_loss, metrics }));
}

function trainTorch(work: string, each: SegmCase, parts: Parts): Epoch[] {
  projectOf(work, each, parts); // whose files are judged by
  const job = join(work, `${each.set}-peer.json`);
  const found = join(work, `${each.set}-peer-found.json`);
  const settings = {
    ...each.recipe,
    seed: SEED,
    classes: parts.train.categories.length,
    threads: Number(THREADS ?? 2),
    weights: WEIGHTS_FILE,
    mean: convention.mean,
    deviation: convention.deviation,
    augmentation: OBJECT_AUGMENTATION,
  };
  const rows = (split: keyof Parts) => peerRows(each, work, parts[split]);
  writeFileSync(job, JSON.stringify({ settings, train: rows('train'), validation: rows('validation') }));
  const script = join(ROOT, 'build', 'acceptance', 'peer', 'segment.py');
  const { status, stdout } = spawnSync(PYTHON, [script, job, found], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('the torch peer failed; it needs python3-torch, -torchvision and -pil');
  const losses = (JSON.parse(stdout) as { losses: number[] }).losses;
  const precision = (task: string): number => {
    const files = ['--truth', cocoFile(work, each.set, 'validation'), '--predictions', found];
    const judged = lightbench(work, 'metrics', '--task', task, ...files, '--score-threshold', '0.3');
    return (judged as { mean_average_precision: number }).mean_average_precision;
  };
  const metrics = {
    mean_average_precision: precision(TASK),
    box_mean_average_precision: precision('image-object-detection'),
  };
  return losses.map((train_loss, i) => ({ train_loss, metrics: i === losses.length - 1 ? metrics : {} }));
}

/** Images with the run lengths of their masks, drawn as ours are. */
function peerRows(each: SegmCase, work: string, { images, annotations, categories }: CocoSet) {
  const classOf = new Map(categories.map(({ id }, i) => [id, i]));
  return images.map(({ id, file_name, width, height }) => ({
    id,
    path: join(each.images(work), file_name),
    width,
    height,
    categories: categories.map((category) => category.id),
    objects: annotations
      .filter(({ image_id }) => image_id === id)
      .map(({ category_id, segmentation }) => ({
        label: classOf.get(category_id)!,
        counts:
          'counts' in segmentation
            ? segmentation.counts
            : maskFromPolygon(partsFromRings(segmentation), { width, height }).counts,
      })),
  }));
}

/** 200 pictures of the demo's workshop parts, rendered once. */
function renderedParts(work: string): string {
  const folder = join(work, 'rendered-parts');
  if (existsSync(folder)) return folder;
  mkdirSync(work, { recursive: true });
  const sizes = ['--kind', 'detection', '--images', '200', '--side', '320', '--seed', '1'];
  const { status } = spawnSync(process.execPath, [join(ROOT, 'build', 'demo', 'make.ts'), '--out', folder, ...sizes], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('the workshop parts could not be rendered');
  return folder;
}
