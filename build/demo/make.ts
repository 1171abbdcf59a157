/**
 * Makes the data set alone: `node build/demo/make.ts --out DIR [--kind classification|detection] [--images N] [--side PX]
 * [--seed N] [--workers N]`
 */

import { AppError } from '../../preload/contract/errors.ts';
import { commandOptions } from '../command-options.ts';
import { makeDataset } from './dataset.ts';
import type { DatasetKind } from './job.ts';

const DEFAULT_SIDE_PX: Readonly<Record<DatasetKind, number>> = { classification: 128, detection: 480 };

function readOptions() {
  const values = commandOptions({
    out: { type: 'string' },
    kind: { type: 'string', default: 'classification' },
    images: { type: 'string', default: '720' },
    side: { type: 'string' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
  });
  const { out, kind } = values;
  if (out === undefined) throw new AppError('bad-argument', '--out is missing');
  if (kind !== 'classification' && kind !== 'detection') {
    throw new AppError('bad-argument', `--kind: expected classification or detection, got "${kind}"`);
  }
  const options = {
    kind,
    images: wholeNumber('images', values.images),
    sidePx: values.side === undefined ? DEFAULT_SIDE_PX[kind] : wholeNumber('side', values.side),
    seed: wholeNumber('seed', values.seed),
    workers: wholeNumber('workers', values.workers),
  } as const;
  return { out, options };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new AppError('bad-argument', `--${name}: expected a whole number, got "${text}"`, { name, value: text });
}

async function main(): Promise<void> {
  const { out, options } = readOptions();
  const startedMs = performance.now();
  const onProgress = (done: number, total: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done}/${total} pictures${done === total ? '\n' : ''}`);
  };
  const counts = await makeDataset(out, { ...options, onProgress });
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(`${counts.images} pictures, ${counts.instances} parts in ${seconds.toFixed(1)} s: ${out}`);
  for (const [label, number] of Object.entries(counts.byLabel)) console.log(`  ${label.padEnd(8)} ${number}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof AppError ? `error: ${error.message}` : error);
  process.exitCode = 1;
}
