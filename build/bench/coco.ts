/**
 * COCO's twelve numbers of two files of a large set, read and judged, against the published code's way of doing it rewritten
 * in numpy, one thread each, taking turns; both must come to the same numbers. For masks the peer, which has no code for
 * run lengths, is handed every overlap for nothing.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCocoJudged } from '../../main/data/coco-judged.ts';
import { COCO_NAMES, type CocoNumbers } from '../../main/metrics/detection/coco.ts';
import { overlapOf } from '../../main/metrics/detection/overlap.ts';
import { type Rng, rngFrom } from '../../native-models/core/rng.ts';
import { countsToText } from '../../native-models/geometry/mask-text.ts';
import { maskFromRing } from '../../native-models/geometry/rasterise.ts';
import { type Contender, ours, PYTHON, peer } from './contender.ts';
import { figure, median, table } from './statistics.ts';
import { compared, spreadText, type TimedRow, type Turn, takeTurns } from './turns.ts';

interface CocoCase {
  readonly name: string;
  readonly images: number;
  readonly truths: number;
  readonly detections: number;
  readonly classes: number;
  readonly withMasks: boolean;
}

/** As many images, truths and classes as COCO's validation set has, and as many detections as a detector makes of it. */
const LARGE = { images: 5000, truths: 36_000, detections: 250_000, classes: 80 };
const CASES: readonly CocoCase[] = [
  { name: 'boxes 5,000 images', ...LARGE, withMasks: false },
  { name: 'masks 5,000 images', ...LARGE, withMasks: true },
  { name: 'boxes 100 images', images: 100, truths: 700, detections: 5000, classes: 80, withMasks: false },
];
const SIDE = { width: 640, height: 480 };
const LARGEST_DIFFERENCE = 1e-9;

interface Sample extends Turn {
  /** Without reading the files. */
  readonly evaluate_cpu_ms: number;
  readonly metrics: CocoNumbers;
}

export interface CocoRow extends TimedRow {
  readonly ours_evaluate_cpu_ms: number;
  readonly peer_evaluate_cpu_ms: number | null;
  readonly largest_difference: number | null;
}

export interface CocoOptions {
  readonly filter: string;
  readonly rounds: number;
  readonly progress: (row: CocoRow) => void;
}

/** Errors: when no case is named so, and when the two sides come to different numbers. */
export async function cocoBenchmark({ filter, rounds, progress }: CocoOptions): Promise<CocoRow[]> {
  const cases = CASES.filter(({ name }) => name.includes(filter));
  if (cases.length === 0) {
    throw new Error(`--case: no set's name holds "${filter}"; there are ${CASES.map(({ name }) => name).join('; ')}`);
  }
  const hasPeer = spawnSync(PYTHON, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0;
  if (!hasPeer) console.error(`no numpy for ${PYTHON}: ours alone, no ratios`);
  const rows: CocoRow[] = [];
  for (const entry of cases) {
    const folder = mkdtempSync(join(tmpdir(), 'lightbench-coco-'));
    try {
      const row = await measured(entry, folder, rounds, hasPeer);
      rows.push(row);
      progress(row);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return rows;
}

async function measured(entry: CocoCase, folder: string, rounds: number, hasPeer: boolean): Promise<CocoRow> {
  const files = writeSet(entry, folder);
  const args = ['--truth', files.truth, '--predictions', files.predictions];
  const contenders: Contender[] = [ours('coco-child.ts', entry.withMasks ? [...args, '--masks'] : args)];
  if (hasPeer) {
    const given = entry.withMasks ? ['--overlaps', await writeOverlaps(files, folder)] : [];
    contenders.push(peer('coco.py', [...args, ...given], 1, 'numpy'));
  }
  const [own, other] = await takeTurns<Sample>(contenders, rounds);
  const difference = other === undefined ? null : largestDifference(own![0]!.metrics, other[0]!.metrics);
  if (difference !== null && !(difference <= LARGEST_DIFFERENCE)) {
    throw new Error(`${entry.name}: a number differs from the peer's by ${difference}`);
  }
  return {
    ...compared(entry.name, own!, other),
    ours_evaluate_cpu_ms: evaluateCpuMs(own!),
    peer_evaluate_cpu_ms: other === undefined ? null : evaluateCpuMs(other),
    largest_difference: difference,
  };
}

const evaluateCpuMs = (turns: readonly Sample[]): number => median(turns.map((turn) => turn.evaluate_cpu_ms));

const largestDifference = (own: CocoNumbers, other: CocoNumbers): number =>
  Math.max(...COCO_NAMES.map((name) => Math.abs(own[name] - other[name])));

interface Files {
  readonly truth: string;
  readonly predictions: string;
}

/** Two of three detections lie about a truth, most of them of its class; the others anywhere. */
function writeSet(entry: CocoCase, folder: string): Files {
  const rng = rngFrom(1, 'coco benchmark');
  const truths = Array.from({ length: entry.truths }, (_, i) => {
    const bbox = randomBox(rng);
    const image = 1 + rng.integer(entry.images);
    const category = 1 + rng.integer(entry.classes);
    return {
      id: i + 1,
      image_id: image,
      category_id: category,
      ...shapeOf(bbox, rng, entry.withMasks),
      iscrowd: Number(rng.uniform() < 0.01),
    };
  });
  const detections = Array.from({ length: entry.detections }, () => {
    const near = rng.uniform() < 2 / 3 ? truths[rng.integer(entry.truths)]! : null;
    const bbox = near === null ? randomBox(rng) : moved(near.bbox, rng);
    const isRight = near !== null && rng.uniform() < 0.8;
    const { area: _, ...shape } = shapeOf(bbox, rng, entry.withMasks);
    return {
      image_id: near?.image_id ?? 1 + rng.integer(entry.images),
      category_id: isRight ? near.category_id : 1 + rng.integer(entry.classes),
      ...shape,
      score: Math.round(1e5 * rng.uniform()) / 1e5,
    };
  });
  const images = Array.from({ length: entry.images }, (_, i) => ({ id: i + 1, ...SIDE }));
  const categories = Array.from({ length: entry.classes }, (_, i) => ({ id: i + 1, name: `class ${i + 1}` }));
  const files = { truth: join(folder, 'truth.json'), predictions: join(folder, 'predictions.json') };
  writeFileSync(files.truth, JSON.stringify({ images, categories, annotations: truths }));
  writeFileSync(files.predictions, JSON.stringify(detections));
  return files;
}

type Box = readonly [x: number, y: number, width: number, height: number];

const hundredths = (value: number): number => Math.round(100 * value) / 100;

/** Sides from 8 to 200 px, small ones more often. */
function randomBox(rng: Rng): Box {
  const [w, h] = [8 * 25 ** rng.uniform(), 8 * 25 ** rng.uniform()];
  return [
    hundredths((SIDE.width - w) * rng.uniform()),
    hundredths((SIDE.height - h) * rng.uniform()),
    hundredths(w),
    hundredths(h),
  ];
}

function moved([x, y, w, h]: Box, rng: Rng): Box {
  const by = 0.25 * rng.uniform();
  const width = Math.min(SIDE.width, w * Math.exp(by * rng.normal()));
  const height = Math.min(SIDE.height, h * Math.exp(by * rng.normal()));
  const left = Math.min(Math.max(0, x + by * w * rng.normal()), SIDE.width - width);
  const top = Math.min(Math.max(0, y + by * h * rng.normal()), SIDE.height - height);
  return [hundredths(left), hundredths(top), hundredths(width), hundredths(height)];
}

/** An eight-cornered outline that fills most of the box, as compressed runs, where masks are wanted. */
function shapeOf(bbox: Box, rng: Rng, withMasks: boolean) {
  const [x, y, w, h] = bbox;
  if (!withMasks) return { bbox, area: hundredths(w * h * (0.5 + 0.5 * rng.uniform())) };
  const corner = (i: number) => {
    const angle = (2 * Math.PI * i) / 8;
    return [x + (w / 2) * (1 + Math.cos(angle)), y + (h / 2) * (1 + Math.sin(angle))];
  };
  const mask = maskFromRing(Array.from({ length: 8 }, (_, i) => corner(i)).flat(), SIDE);
  const segmentation = { size: [SIDE.height, SIDE.width], counts: countsToText(mask.counts) };
  return { bbox, area: hundredths(w * h), segmentation };
}

/** Every overlap of the two files above 0, as [detection, truth, overlap], counted from 1. */
async function writeOverlaps({ truth, predictions }: Files, folder: string): Promise<string> {
  const { set } = await readCocoJudged(truth, predictions, { withMasks: true });
  const overlap = overlapOf(set, 'masks');
  const { truths, detections } = set;
  const byCell = Map.groupBy(truths.image.keys(), (t) => truths.image[t]! * set.classes + truths.class[t]!);
  const found: string[] = [];
  detections.image.forEach((image, d) => {
    for (const t of byCell.get(image * set.classes + detections.class[d]!) ?? []) {
      const value = overlap(d, t);
      if (value > 0) found.push(`[${d + 1},${t + 1},${value}]`);
    }
  });
  const file = join(folder, 'overlaps.json');
  writeFileSync(file, `[${found.join(',')}]`);
  return file;
}

export function cocoTable(rows: readonly CocoRow[]): string {
  const header = [
    'set',
    'ours, ms',
    'peer, ms',
    'ratio',
    'CPU ms, ours / peer',
    'CPU ms without reading, ours / peer',
    'peak MB, ours / peer',
  ];
  return table(
    header,
    rows.map((row) => [
      row.name,
      `${figure(row.ours_ms)}${spreadText(row.ours_spread_ms)}`,
      `${figure(row.peer_ms)}${spreadText(row.peer_spread_ms)}`,
      figure(row.ratio, 2),
      `${figure(row.ours_cpu_ms)} / ${figure(row.peer_cpu_ms)}`,
      `${figure(row.ours_evaluate_cpu_ms)} / ${figure(row.peer_evaluate_cpu_ms)}`,
      `${figure(row.ours_peak_mb)} / ${figure(row.peer_peak_mb)}`,
    ]),
  );
}
