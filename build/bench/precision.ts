/**
 * How far gradients are from float64: ours and torch's float32 ones, from the same weights and batch. Where a single
 * activation lies within rounding of a kink, its path is on in one computation and off in the other, and the distance
 * jumps a thousandfold; so a network is looked at from several seeds, and operators one by one.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../source-files.ts';
import { type Attempted, eachCase } from './attempts.ts';
import { PYTHON } from './contender.ts';
import { figure, median, table } from './statistics.ts';

interface PrecisionCase {
  readonly model: string;
  readonly batch: number;
  readonly side: number;
}

const CASES: readonly PrecisionCase[] = [
  { model: 'resnet18', batch: 8, side: 64 },
  { model: 'resnet18', batch: 16, side: 128 },
  { model: 'mobilenetv2', batch: 8, side: 64 },
  { model: 'resnet50', batch: 8, side: 64 },
  { model: 'depthwise', batch: 8, side: 64 },
  { model: 'fpn', batch: 8, side: 64 },
  { model: 'vits16r224', batch: 2, side: 224 },
];

interface ParameterRow {
  readonly name: string;
  /** Of the float64 gradient. */
  readonly norm: number;
  /** Relative L2 distances to it. */
  readonly ours: number;
  readonly peer: number;
}

export interface PrecisionRow {
  readonly name: string;
  readonly ours_median: number;
  readonly peer_median: number;
  readonly ratio: number;
  /** Least and greatest of the seeds' medians. */
  readonly ours_range: readonly [number, number];
  readonly peer_range: readonly [number, number];
  readonly ours_worst: number;
  readonly peer_worst: number;
  readonly ours_worst_at: string;
}

/** A gradient this much smaller than the largest one is zero but for rounding: the bias in front of a batch norm. */
const ZERO = 1e-9;

/** Networks whose name holds `filter`, from `seeds` different weights and batches each. */
export async function precisionBenchmark(filter: string, seeds: number): Promise<Attempted<PrecisionRow>> {
  const named = CASES.map((entry) => ({ ...entry, name: `${entry.model} ${entry.batch}@${entry.side}` }));
  const cases = named.filter(({ name }) => name.includes(filter));
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-precision-'));
  try {
    const file = join(folder, 'gradients.safetensors');
    return await eachCase(
      cases,
      async (entry) => {
        const runs = Array.from({ length: seeds }, (_, seed) => distances(entry, seed, file));
        return summary(entry.name, runs);
      },
      ({ name, ratio }) => console.error(`${name}: ratio ${figure(ratio, 2)}`),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function distances({ model, batch, side }: PrecisionCase, seed: number, file: string): ParameterRow[] {
  const here = join(ROOT, 'build/bench');
  const sizes = ['--batch', String(batch), '--side', String(side), '--seed', String(seed)];
  output(process.execPath, [join(here, 'precision-child.ts'), '--model', model, ...sizes, '--out', file]);
  const lines = output(PYTHON, [join(here, 'peer/precision.py'), file, model])
    .trim()
    .split('\n');
  const rows = lines.map((line) => JSON.parse(line) as ParameterRow);
  const largest = Math.max(...rows.map(({ norm }) => norm));
  return rows.filter(({ norm }) => norm > ZERO * largest);
}

function output(command: string, args: readonly string[]): string {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}; see its message above`);
  return stdout;
}

function summary(name: string, runs: readonly ParameterRow[][]): PrecisionRow {
  const medians = (side: 'ours' | 'peer') => runs.map((rows) => median(rows.map((row) => row[side])));
  const all = runs.flat();
  const worst = all.toSorted((a, b) => b.ours - a.ours)[0]!;
  const [own, theirs] = [medians('ours'), medians('peer')];
  return {
    name,
    ours_median: median(own),
    peer_median: median(theirs),
    ratio: median(own) / median(theirs),
    ours_range: [Math.min(...own), Math.max(...own)],
    peer_range: [Math.min(...theirs), Math.max(...theirs)],
    ours_worst: worst.ours,
    peer_worst: Math.max(...all.map(({ peer }) => peer)),
    ours_worst_at: worst.name,
  };
}

export function precisionTable(rows: readonly PrecisionRow[]): string {
  const distance = (value: number) => value.toExponential(1);
  return table(
    [
      'gradients against float64',
      'ours, median',
      'torch, median',
      'ratio',
      'ours, worst',
      'torch, worst',
      'our worst at',
    ],
    rows.map((row) => [
      row.name,
      `${distance(row.ours_median)} (${row.ours_range.map(distance).join('–')})`,
      `${distance(row.peer_median)} (${row.peer_range.map(distance).join('–')})`,
      figure(row.ratio, 2),
      distance(row.ours_worst),
      distance(row.peer_worst),
      row.ours_worst_at,
    ]),
  );
}
