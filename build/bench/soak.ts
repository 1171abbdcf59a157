/** Whether memory stays flat over many training steps. */

import { availableParallelism } from 'node:os';
import { ours } from './contender.ts';
import { DETECTORS } from './detectors.ts';
import { NETWORKS } from './networks.ts';
import { figure, median, table } from './statistics.ts';

export interface SoakRow {
  readonly name: string;
  /** Resident memory after so many steps: the median of the last few. */
  readonly rss_mb: readonly { readonly step: number; readonly mb: number }[];
  /** From half way, when every buffer has found its place, to the end. */
  readonly growth_mb: number;
  readonly failure: string | null;
}

export interface SoakOptions {
  readonly model: string;
  readonly batch: number;
  readonly side: number;
  readonly steps: number;
}

const READINGS = 4; // besides the first
const WINDOW = 25; // steps one reading is the median of: garbage collection comes and goes within it
const LARGEST_GROWTH_MB = 16; // what a quiet process varies by; a loss of 16 kB a step exceeds it in 1,000 steps

/** Runs the steps of one network and reads its process's memory. Errors: when there is no network of that name. */
export async function soakBenchmark({ model, batch, side, steps }: SoakOptions): Promise<SoakRow> {
  const known = [...NETWORKS, ...Object.keys(DETECTORS)];
  if (!known.includes(model)) throw new Error(`--model: there is no network "${model}"; there are ${known.join(', ')}`);
  const sizes = { '--batch': batch, '--side': side, '--threads': availableParallelism() };
  const args = Object.entries(sizes).flatMap(([option, value]) => [option, String(value)]);
  const contender = ours('step-child.ts', ['--model', model, ...args]);
  const readings: number[] = [];
  for (let step = 0; step < steps + WINDOW; step++) {
    readings.push((await contender.ask<{ rss_mb: number }>('go')).rss_mb);
  }
  contender.end();
  const at = (step: number) => ({ step, mb: median(readings.slice(step, step + WINDOW)) });
  const rss = Array.from({ length: READINGS + 1 }, (_, i) => at(Math.round((i * steps) / READINGS)));
  const settled = rss[READINGS / 2]!;
  const growth = rss.at(-1)!.mb - settled.mb;
  const name = `${model} ${batch}@${side}`;
  const failure =
    growth <= LARGEST_GROWTH_MB
      ? null
      : `${name}: resident memory grew by ${figure(growth, 1)} MB from step ${settled.step} to step ${steps}; at most ${LARGEST_GROWTH_MB} MB is noise`;
  return { name, rss_mb: rss, growth_mb: growth, failure };
}

export function soakTable({ name, rss_mb, growth_mb }: SoakRow): string {
  return table(
    ['resident MB after steps', ...rss_mb.map(({ step }) => String(step)), 'growth'],
    [[name, ...rss_mb.map(({ mb }) => figure(mb)), figure(growth_mb, 1)]],
  );
}
