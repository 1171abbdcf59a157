/**
 * The way from image files to batches, against torch's DataLoader with Pillow and torchvision: the same files, the same
 * operations, as many workers, taking turns. Ours are threads, torch's processes; both stay from epoch to epoch.
 */

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../source-files.ts';
import { type Attempted, eachCase } from './attempts.ts';
import { type Contender, ours, peer } from './contender.ts';
import { writePhotos } from './photos.ts';
import { figure, table } from './statistics.ts';
import { compared, spreadText, type TimedRow, takeTurns } from './turns.ts';

interface DataCase {
  readonly name: string;
  readonly side: number;
  /** Pictures made here, or a folder of images beside the checkout. */
  readonly source:
    | { readonly count: number; readonly width: number; readonly height: number }
    | { readonly shared: string };
  /** Megabytes; 0 decodes anew in every epoch. The peer has none. */
  readonly cacheMb: number;
}

const VGA = { count: 48, width: 640, height: 480 };
const CASES: readonly DataCase[] = [
  { name: 'photos 640x480 to 224', side: 224, source: VGA, cacheMb: 0 },
  { name: 'photos 640x480 to 224, later epochs', side: 224, source: VGA, cacheMb: 512 },
  { name: 'photos 4000x3000 to 224', side: 224, source: { count: 8, width: 4000, height: 3000 }, cacheMb: 0 },
  { name: 'sign-digits 100x100 to 224', side: 224, source: { shared: 'data/sign-digits' }, cacheMb: 0 },
  { name: 'cifar10-mini 32x32 to 32', side: 32, source: { shared: 'data/cifar10-mini' }, cacheMb: 0 },
];
const SHARED = process.env['LIGHTBENCH_SHARED'] ?? join(ROOT, '..', 'shared');
const MOST_IMAGES = 256;
const BATCH = 16;
/** The default of `number_of_workers`. */
const WORKERS = 2;

/** Times are of one image; with several workers a wall time is less than an image's own. */
export type DataRow = TimedRow;

export interface DataOptions {
  readonly filter: string;
  readonly rounds: number;
  readonly hasPeer: boolean;
  readonly progress: (row: DataRow) => void;
}

/** Errors: when no case is named so. Cases of which the pictures are missing are left out, with a line that says so. */
export async function dataBenchmark(options: DataOptions): Promise<Attempted<DataRow>> {
  const cases = CASES.filter(({ name }) => name.includes(options.filter));
  if (cases.length === 0) {
    throw new Error(`--case: no data path's name holds "${options.filter}"; there are ${CASES.map((c) => c.name)}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-photos-'));
  const measure = async (entry: DataCase) => {
    const images = await imagesOf(entry, folder);
    return images === null ? null : measured(entry, images, options);
  };
  try {
    return await eachCase(cases, measure, options.progress);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where the pictures are, and how many; null when they are not here. */
async function imagesOf({ name, source }: DataCase, folder: string): Promise<{ folder: string; count: number } | null> {
  if ('shared' in source) {
    const path = join(SHARED, source.shared);
    if (existsSync(path)) return { folder: path, count: Math.min(MOST_IMAGES, countImages(path)) };
    console.error(`${name}: left out, there is no ${path}`);
    return null;
  }
  const { count, width, height } = source;
  const path = join(folder, `${width}x${height}`);
  if (!existsSync(path)) await writePhotos(path, count, width, height);
  return { folder: path, count };
}

const countImages = (path: string) =>
  readdirSync(path, { recursive: true }).filter((file) => /\.jpg$/i.test(String(file))).length;

async function measured(
  { name, side, cacheMb }: DataCase,
  { folder, count }: { folder: string; count: number },
  { rounds, hasPeer }: DataOptions,
): Promise<DataRow> {
  const sizes = ['--side', side, '--batch', BATCH, '--workers', WORKERS, '--count', count].map(String);
  const args = ['--folder', folder, ...sizes];
  const contenders: Contender[] = [ours('data-child.ts', [...args, '--cache-mb', String(cacheMb)])];
  if (hasPeer) contenders.push(peer('data.py', args, 1));
  const [own, other] = await takeTurns(contenders, rounds);
  return compared(name, own!, other, count);
}

export function dataTable(rows: readonly DataRow[]): string {
  return table(
    [
      `data path, ${WORKERS} workers`,
      'ours ms an image',
      'DataLoader ms an image',
      'ratio',
      'CPU ms an image, ours / DataLoader',
      'CPU time ratio',
      'peak MB, ours / DataLoader',
    ],
    rows.map((row) => [
      row.name,
      `${figure(row.ours_ms, 2)}${spreadText(row.ours_spread_ms, 2)}`,
      `${figure(row.peer_ms, 2)}${spreadText(row.peer_spread_ms, 2)}`,
      figure(row.ratio, 2),
      `${figure(row.ours_cpu_ms, 2)} / ${figure(row.peer_cpu_ms, 2)}`,
      figure(row.cpu_ratio, 2),
      `${figure(row.ours_peak_mb)} / ${figure(row.peer_peak_mb)}`,
    ]),
  );
}
