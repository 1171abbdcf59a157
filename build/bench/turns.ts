/** Programs that do the same work in turns, and what a row says of it. */

import type { Contender } from './contender.ts';
import { type ComparedRow, figure, median } from './statistics.ts';

/** What one turn of one program took. */
export interface Turn {
  readonly wall_ms: number;
  /** All threads and processes. */
  readonly cpu_ms: number;
  readonly peak_mb: number;
}

export interface TimedRow extends ComparedRow {
  readonly ours_cpu_ms: number;
  readonly peer_cpu_ms: number | null;
}

const WARM_UP = 1;

/** The turns of each contender after a first one that warms up; ends them. */
export async function takeTurns<T extends Turn>(contenders: readonly Contender[], rounds: number): Promise<T[][]> {
  const turns: T[][] = contenders.map(() => []);
  try {
    for (let round = 0; round < WARM_UP + rounds; round++) {
      for (const [i, contender] of contenders.entries()) {
        const turn = await contender.ask<T>('go');
        if (round >= WARM_UP) turns[i]!.push(turn);
      }
    }
  } finally {
    for (const contender of contenders) contender.end();
  }
  return turns;
}

/** Medians, least and greatest, of one of `pieces` equal pieces that a turn's work has. */
export function compared(name: string, own: readonly Turn[], other: readonly Turn[] | undefined, pieces = 1): TimedRow {
  const ours = summary(own, pieces);
  const theirs = other === undefined ? null : summary(other, pieces);
  return {
    name,
    ours_ms: ours.wall,
    peer_ms: theirs?.wall ?? null,
    ratio: theirs && ours.wall / theirs.wall,
    ours_peak_mb: ours.peak,
    peer_peak_mb: theirs?.peak ?? null,
    ours_spread_ms: ours.spread,
    peer_spread_ms: theirs?.spread ?? null,
    ours_cpu_ms: ours.cpu,
    peer_cpu_ms: theirs?.cpu ?? null,
    cpu_ratio: theirs && ours.cpu / theirs.cpu,
  };
}

function summary(turns: readonly Turn[], pieces: number) {
  const walls = turns.map(({ wall_ms }) => wall_ms / pieces);
  return {
    wall: median(walls),
    spread: [Math.min(...walls), Math.max(...walls)] as const,
    cpu: median(turns.map(({ cpu_ms }) => cpu_ms / pieces)),
    peak: Math.max(...turns.map(({ peak_mb }) => peak_mb)),
  };
}

/** Least and greatest after a median; nothing where there was no peer. */
export const spreadText = (range: readonly [number, number] | null, digits = 0): string =>
  range === null ? '' : ` (${figure(range[0], digits)}–${figure(range[1], digits)})`;
