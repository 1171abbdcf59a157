/** How far single operators are from float64: ours and torch's float32 results, from the same operands. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ours, peer } from './contender.ts';
import { OP_CASES } from './op-cases.ts';
import { figure, table } from './statistics.ts';

export interface OpPrecisionRow {
  readonly name: string;
  /** Relative L2 distances to float64, the largest over the operator's results. */
  readonly ours: number;
  readonly peer: number;
}

/** The operators whose name holds `filter`; an optimizer's step is not among them. */
export async function opPrecision(filter: string, backend: string): Promise<OpPrecisionRow[]> {
  const cases = OP_CASES.filter(({ name, kind }) => name.includes(filter) && kind !== 'sgd');
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-precision-'));
  const file = join(folder, 'operator.safetensors');
  const [own, theirs] = [ours('op-child.ts', ['--backend', backend]), peer('ops.py', [], 1)];
  const rows: OpPrecisionRow[] = [];
  try {
    for (const entry of cases) {
      await own.ask(JSON.stringify(entry));
      await own.ask(`write ${file}`);
      await theirs.ask(JSON.stringify({ ...entry, channels_last: false }));
      const distances = await theirs.ask<{ ours: number; peer: number }>(`compare ${file}`);
      rows.push({ name: entry.name, ...distances });
    }
  } finally {
    for (const contender of [own, theirs]) contender.end();
    rmSync(folder, { recursive: true });
  }
  return rows;
}

export function opPrecisionTable(rows: readonly OpPrecisionRow[]): string {
  return table(
    ['operator against float64', 'ours', 'torch', 'ratio'],
    rows.map((row) => [
      row.name,
      row.ours.toExponential(1),
      row.peer.toExponential(1),
      figure(row.peer === 0 ? null : row.ours / row.peer, 2),
    ]),
  );
}
