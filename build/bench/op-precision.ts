/** How far single operators are from float64: ours and torch's float32 results, from the same operands. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Attempted, eachCase } from './attempts.ts';
import { ours, peer } from './contender.ts';
import { OP_CASES, type OpCase } from './op-cases.ts';
import { figure, table } from './statistics.ts';

export interface OpPrecisionRow {
  readonly name: string;
  /** Relative L2 distances to float64, the largest over the operator's results. */
  readonly ours: number;
  readonly peer: number;
  /** Null where torch's are exact. */
  readonly ratio: number | null;
}

/** The operators whose name holds `filter`; an optimizer's step is not among them. */
export async function opPrecision(filter: string, backend: string): Promise<Attempted<OpPrecisionRow>> {
  const cases = OP_CASES.filter(({ name, kind }) => name.includes(filter) && kind !== 'sgd');
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-precision-'));
  const file = join(folder, 'operator.safetensors');
  const [own, theirs] = [ours('op-child.ts', ['--backend', backend]), peer('ops.py', [], 1)];
  const measured = async (entry: OpCase): Promise<OpPrecisionRow> => {
    await own.ask(JSON.stringify(entry));
    await own.ask(`write ${file}`);
    await theirs.ask(JSON.stringify({ ...entry, channels_last: false }));
    const distances = await theirs.ask<{ ours: number; peer: number }>(`compare ${file}`);
    return { name: entry.name, ...distances, ratio: distances.peer === 0 ? null : distances.ours / distances.peer };
  };
  try {
    return await eachCase(cases, measured, () => {});
  } finally {
    for (const contender of [own, theirs]) contender.end();
    rmSync(folder, { recursive: true });
  }
}

export function opPrecisionTable(rows: readonly OpPrecisionRow[]): string {
  return table(
    ['operator against float64', 'ours', 'torch', 'ratio'],
    rows.map((row) => [row.name, row.ours.toExponential(1), row.peer.toExponential(1), figure(row.ratio, 2)]),
  );
}
