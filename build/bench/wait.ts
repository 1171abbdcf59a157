/** How much of its time a training run waits for images, as the run itself counts it, and what decoding takes from it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ours } from './contender.ts';
import { writePhotos } from './photos.ts';
import { figure, table } from './statistics.ts';

const BATCH = 16;
const SIDE = 224;
const PHOTOS = { count: 104, width: 640, height: 480 };
const MODELS = ['resnet18', 'mobilenetv2'];
const CACHES_MB = [0, 512];

interface Measured {
  readonly images_per_second: number;
  readonly wait_seconds: number;
  readonly train_seconds: number;
}

export interface WaitRow {
  readonly name: string;
  readonly images_per_second: number;
  readonly train_seconds: number;
  readonly data_wait_seconds: number;
  readonly wait_share: number;
}

/**
 * One run of two epochs for each model, without and with the cache of decoded images; the second epoch counts.
 * Errors: when no model is named so.
 */
export async function waitBenchmark(filter: string): Promise<WaitRow[]> {
  const models = MODELS.filter((name) => name.includes(filter));
  if (models.length === 0) throw new Error(`--case: no model's name holds "${filter}"; there are ${MODELS.join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-photos-'));
  const rows: WaitRow[] = [];
  try {
    await writePhotos(folder, PHOTOS.count, PHOTOS.width, PHOTOS.height);
    for (const model of models) {
      for (const cacheMb of CACHES_MB) rows.push(await measured(model, folder, cacheMb));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return rows;
}

async function measured(model: string, folder: string, cacheMb: number): Promise<WaitRow> {
  const options = { batch: BATCH, side: SIDE, threads: availableParallelism(), 'cache-mb': cacheMb };
  const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, String(value)]);
  const contender = ours('wait-child.ts', ['--model', model, '--folder', folder, ...args]);
  const { images_per_second, wait_seconds, train_seconds } = await contender.ask<Measured>('');
  contender.end();
  return {
    name: `${model} ${BATCH}@${SIDE}, photos 640x480, ${cacheMb === 0 ? 'decoded every time' : 'from the cache'}`,
    images_per_second,
    train_seconds,
    data_wait_seconds: wait_seconds,
    wait_share: wait_seconds / train_seconds,
  };
}

export function waitTable(rows: readonly WaitRow[]): string {
  return table(
    ['training run', 'images/s', 'epoch s', 'waited for images s', 'share of time waited'],
    rows.map((row) => [
      row.name,
      figure(row.images_per_second, 1),
      figure(row.train_seconds, 1),
      figure(row.data_wait_seconds, 3),
      `${figure(100 * row.wait_share, 2)} %`,
    ]),
  );
}
