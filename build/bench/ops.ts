/**
 * Operator by operator against torch: process CPU time of one run at one thread, taking turns. The figure is the fastest
 * round's: other work on the machine, and on the other half of a core, only ever adds.
 */

import { type Attempted, eachCase } from './attempts.ts';
import { type Contender, ours, peer } from './contender.ts';
import { OP_CASES, type OpCase } from './op-cases.ts';
import { figure, median, table } from './statistics.ts';

export interface OpRow {
  readonly name: string;
  readonly ours_ms: number;
  readonly peer_ms: number | null;
  readonly ratio: number | null;
  /** Of the rounds' times, to tell how quiet the machine was. */
  readonly ours_median_ms: number;
  readonly peer_nchw_ms: number | null;
  readonly peer_channels_last_ms: number | null;
}

interface Turn {
  readonly contender: Contender;
  readonly setting: object;
  readonly times: number[];
}

export interface OpsOptions {
  /** Part of the names of the cases to run. */
  readonly filter: string;
  readonly rounds: number;
  readonly hasPeer: boolean;
  /** `standard` or `blocked`; empty: what training uses here. */
  readonly backend: string;
  /** Called with every finished row. */
  readonly progress: (row: OpRow) => void;
}

/** Errors: when no case is named so. */
export async function opsBenchmark({
  filter,
  rounds,
  hasPeer,
  backend,
  progress,
}: OpsOptions): Promise<Attempted<OpRow>> {
  const cases = OP_CASES.filter(({ name }) => name.includes(filter));
  if (cases.length === 0) throw new Error(`--case: no operator's name holds "${filter}"`);
  const own = ours('op-child.ts', ['--backend', backend]);
  // One program for each layout: what one of them keeps warm must not help the other.
  const peers = hasPeer ? ['torch NCHW', 'torch channels_last'].map((name) => peer('ops.py', [], 1, name)) : [];
  const contenders = [own, ...peers];
  const measure = (entry: OpCase) => {
    const turns = contenders.map((contender, i) => ({
      contender,
      setting: i === 0 ? {} : { channels_last: i === 2 },
      times: [],
    }));
    return measured(entry, turns, rounds);
  };
  try {
    return await eachCase(cases, measure, progress);
  } finally {
    for (const contender of contenders) contender.end();
  }
}

async function measured(entry: OpCase, turns: readonly Turn[], rounds: number): Promise<OpRow> {
  for (const { contender, setting } of turns) await contender.ask(JSON.stringify({ ...entry, ...setting }));
  for (let round = 0; round < rounds; round++) {
    for (const { contender, times } of turns) times.push((await contender.ask<{ cpu_ms: number }>('go')).cpu_ms);
  }
  const [own, plain, last] = turns.map(({ times }) => times);
  const fastest = (times: readonly number[] | undefined) => (times ? Math.min(...times) : null);
  const oursMs = Math.min(...own!);
  const peerMs = plain && last ? Math.min(...plain, ...last) : null;
  return {
    name: entry.name,
    ours_ms: oursMs,
    peer_ms: peerMs,
    ratio: peerMs && oursMs / peerMs,
    ours_median_ms: median(own!),
    peer_nchw_ms: fastest(plain),
    peer_channels_last_ms: fastest(last),
  };
}

export function opsTable(rows: readonly OpRow[]): string {
  return table(
    ['operator', 'ours ms (median)', 'torch NCHW ms', 'torch channels_last ms', 'ratio to the better'],
    rows.map((row) => [
      row.name,
      `${figure(row.ours_ms, 2)} (${figure(row.ours_median_ms, 2)})`,
      figure(row.peer_nchw_ms, 2),
      figure(row.peer_channels_last_ms, 2),
      figure(row.ratio, 2),
    ]),
  );
}
