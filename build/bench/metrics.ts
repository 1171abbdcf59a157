/**
 * All metrics and curves of a table of predictions, against scikit-learn on the same numbers, one thread each, taking
 * turns; and what the intervals cost on top. Both sides must come to the same numbers.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rngFrom } from '../../native-models/core/rng.ts';
import { type Contender, ours, PYTHON, peer } from './contender.ts';
import { figure, table } from './statistics.ts';
import { compared, spreadText, type TimedRow, type Turn, takeTurns } from './turns.ts';

interface MetricsCase {
  readonly name: string;
  readonly rows: number;
  readonly classes: number;
  readonly task: 'one' | 'any';
  /** 0 for no intervals; with them there is no peer, as scikit-learn has none. */
  readonly resamples: number;
}

const CASES: readonly MetricsCase[] = [
  { name: 'single-label 100,000 x 100', rows: 100_000, classes: 100, task: 'one', resamples: 0 },
  { name: 'multi-label 100,000 x 100', rows: 100_000, classes: 100, task: 'any', resamples: 0 },
  { name: 'single-label 10,000 x 10', rows: 10_000, classes: 10, task: 'one', resamples: 0 },
  { name: 'single-label 10,000 x 10, 1,000 resamples', rows: 10_000, classes: 10, task: 'one', resamples: 1000 },
  { name: 'single-label 1,000 x 10, 1,000 resamples', rows: 1000, classes: 10, task: 'one', resamples: 1000 },
  { name: 'single-label 100,000 x 100, 1,000 resamples', rows: 100_000, classes: 100, task: 'one', resamples: 1000 },
];
/** Labels of a sample, where it may have several: one of them, and each other with this chance. */
const OTHER_LABEL = 0.02;
/** More than this is not rounding. */
const LARGEST_DIFFERENCE = 1e-9;

interface Sample extends Turn {
  readonly metrics: Readonly<Record<string, number>>;
}

export interface MetricsRow extends TimedRow {
  /** Of any metric that both give. */
  readonly largest_difference: number | null;
}

export interface MetricsOptions {
  readonly filter: string;
  readonly rounds: number;
  readonly progress: (row: MetricsRow) => void;
}

const hasScikitLearn = (): boolean => spawnSync(PYTHON, ['-c', 'import sklearn'], { stdio: 'ignore' }).status === 0;

/** Errors: when no case is named so, and when the two sides come to different numbers. */
export async function metricsBenchmark({ filter, rounds, progress }: MetricsOptions): Promise<MetricsRow[]> {
  const cases = CASES.filter(({ name }) => name.includes(filter));
  if (cases.length === 0) {
    throw new Error(`--case: no table's name holds "${filter}"; there are ${CASES.map(({ name }) => name).join('; ')}`);
  }
  const hasPeer = hasScikitLearn();
  if (!hasPeer) console.error(`no scikit-learn for ${PYTHON}: ours alone, no ratios`);
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-metrics-'));
  const measuredRows: MetricsRow[] = [];
  try {
    for (const entry of cases) {
      const row = await measured(entry, folder, rounds, hasPeer);
      measuredRows.push(row);
      progress(row);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return measuredRows;
}

async function measured(entry: MetricsCase, folder: string, rounds: number, hasPeer: boolean): Promise<MetricsRow> {
  writeTable(entry, folder);
  const { name, rows, classes, task, resamples } = entry;
  const args = ['--folder', folder, '--rows', String(rows), '--classes', String(classes), '--task', task];
  const contenders: Contender[] = [ours('metrics-child.ts', [...args, '--resamples', String(resamples)])];
  if (hasPeer && resamples === 0) contenders.push(peer('metrics.py', args, 1, 'scikit-learn'));
  const [own, other] = await takeTurns<Sample>(contenders, rounds);
  const difference = other === undefined ? null : largestDifference(own![0]!.metrics, other[0]!.metrics);
  if (difference !== null && !(difference <= LARGEST_DIFFERENCE)) {
    throw new Error(`${name}: a metric differs from scikit-learn's by ${difference}`);
  }
  return { ...compared(name, own!, other), largest_difference: difference };
}

/** Float32 probabilities and one byte of truth per pair of row and class, of a model that knows the truth a little. */
function writeTable({ rows, classes, task }: MetricsCase, folder: string): void {
  const rng = rngFrom(1, 'metrics benchmark');
  const scores = new Float32Array(rows * classes);
  const truth = new Uint8Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * classes, (row + 1) * classes];
    truth[from + rng.integer(classes)] = 1;
    let sum = 0;
    for (let cell = from; cell < to; cell++) {
      if (task === 'any' && rng.uniform() < OTHER_LABEL) truth[cell] = 1;
      const power = Math.exp(2 * rng.normal() + 3 * truth[cell]!);
      scores[cell] = task === 'any' ? power / (power + 10) : power;
      sum += power;
    }
    if (task === 'one') for (let cell = from; cell < to; cell++) scores[cell]! /= sum;
  }
  writeFileSync(join(folder, 'scores.f32'), scores);
  writeFileSync(join(folder, 'truth.u8'), truth);
}

function largestDifference(own: Sample['metrics'], other: Sample['metrics']): number {
  const shared = Object.keys(other).filter((name) => name in own);
  return Math.max(...shared.map((name) => Math.abs(own[name]! - other[name]!)));
}

export function metricsTable(rows: readonly MetricsRow[]): string {
  return table(
    ['metrics and curves', 'ours ms', 'scikit-learn ms', 'ratio', 'CPU ms, ours / scikit-learn', 'CPU time ratio', 'peak MB, ours / scikit-learn'],
    rows.map((row) => [
      row.name,
      `${figure(row.ours_ms)}${spreadText(row.ours_spread_ms)}`,
      `${figure(row.peer_ms)}${spreadText(row.peer_spread_ms)}`,
      figure(row.ratio, 3),
      `${figure(row.ours_cpu_ms)} / ${figure(row.peer_cpu_ms)}`,
      figure(row.cpu_ratio, 3),
      `${figure(row.ours_peak_mb)} / ${figure(row.peer_peak_mb)}`,
    ]),
  ); // biome-ignore format: a table
}
