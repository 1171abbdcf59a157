/** How long the session of a training step takes to open: every model of the catalogue at its defaults, and where the time goes. */

import { MODELS } from '../../native-models/catalog.ts';
import { type Attempted, eachCase } from './attempts.ts';
import { ours } from './contender.ts';
import { figure, table } from './statistics.ts';

interface Took {
  readonly wall_ms: number;
  readonly cpu_ms: number;
}

interface Opened {
  /** The network, its loss and their gradients. */
  readonly program: Took;
  /** Lowered and written. */
  readonly file: Took;
  /** Read, planned and made ready by the runtime. */
  readonly session: Took;
  readonly nodes: number;
  readonly bytes: number;
}

export interface SessionRow extends Opened {
  readonly name: string;
  /** From nothing to a session. */
  readonly ours_ms: number;
  readonly cpu_ms: number;
  readonly ratio: null;
}

export interface SessionOptions {
  /** Part of the names of the models to open. */
  readonly filter: string;
  readonly threads: number;
  readonly rounds: number;
  readonly progress: (row: SessionRow) => void;
}

export const SESSION_GOAL_MS = 2000;

/**
 * Of each model the quickest of `rounds` processes by the clock, since each starts without anything compiled, as a run does.
 * Errors: when no model is named so.
 */
export async function sessionBenchmark(options: SessionOptions): Promise<Attempted<SessionRow>> {
  const models = MODELS.filter(({ name }) => name.includes(options.filter));
  if (models.length === 0) throw new Error(`--case: no model's name holds "${options.filter}"`);
  return eachCase(models, ({ name }) => measured(name, options), options.progress);
}

async function measured(model: string, { threads, rounds }: SessionOptions): Promise<SessionRow> {
  const rows: SessionRow[] = [];
  for (let round = 0; round < rounds; round++) {
    const contender = ours('session-child.ts', ['--model', model, '--threads', String(threads)], model);
    try {
      const opened = await contender.ask<Opened>('go');
      const sum = (time: keyof Took) => opened.program[time] + opened.file[time] + opened.session[time];
      rows.push({ name: model, ours_ms: sum('wall_ms'), cpu_ms: sum('cpu_ms'), ratio: null, ...opened });
    } finally {
      contender.end();
    }
  }
  return rows.toSorted((a, b) => a.ours_ms - b.ours_ms)[0]!;
}

export function sessionTable(rows: readonly SessionRow[]): string {
  const took = ({ wall_ms, cpu_ms }: Took) => `${figure(wall_ms)} / ${figure(cpu_ms)}`;
  return table(
    ['opening a session, ms by the clock / of CPU', 'all', 'program', 'file', 'runtime', 'nodes', 'file MB'],
    rows.map((row) => [
      row.name,
      `${figure(row.ours_ms)} / ${figure(row.cpu_ms)}${row.ours_ms > SESSION_GOAL_MS ? ' (over 2 s)' : ''}`,
      took(row.program),
      took(row.file),
      took(row.session),
      String(row.nodes),
      figure(row.bytes / 1e6, 1),
    ]),
  );
}
