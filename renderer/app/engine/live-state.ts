/** What the window knows of the engine, and how each message changes it. */

import type { RunEvent } from '../../../preload/contract/contract.ts';
import type { EngineInfo } from '../../../preload/contract/engine.ts';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import type { RunHead } from '../../../preload/contract/run.ts';
import type { RunProgress } from '../../../preload/contract/training.ts';

export type ConnectionState =
  | { readonly status: 'connecting' }
  | { readonly status: 'connected' }
  /** Lost or never there; tried again by itself. `problem` is the engine's own reason where it gave one. */
  | { readonly status: 'reconnecting'; readonly attempt: number; readonly problem: string | null }
  /** The engine answers and does not know this window. */
  | { readonly status: 'signed-out' }
  /** The engine answers and lets this window in under no circumstances; nothing is tried again by itself. */
  | { readonly status: 'refused'; readonly problem: string }
  /** The engine speaks another contract; only a reload or an update helps. */
  | { readonly status: 'incompatible' };

export interface LiveState {
  readonly connection: ConnectionState;
  readonly engine: EngineInfo | null;
  /** Undefined until told; null when no project is open. Kept while the connection is lost. */
  readonly project: ProjectOverview | null | undefined;
  /** Newest first; null until told. Kept while the connection is lost. */
  readonly runs: readonly RunHead[] | null;
  /** How far the runs are that the engine trains itself. */
  readonly progress: ReadonlyMap<string, RunProgress>;
}

export const INITIAL_STATE: LiveState = {
  connection: { status: 'connecting' },
  engine: null,
  project: undefined,
  runs: null,
  progress: new Map(),
};

/** What is known after an event of the stream of runs. */
export function withRunEvent(state: LiveState, event: RunEvent): Pick<LiveState, 'runs' | 'progress'> {
  const { runs, progress } = state;
  switch (event.type) {
    case 'snapshot':
      return { runs: event.runs, progress: new Map() };
    case 'changed':
      return { runs: event.runs.reduce(withRun, runs ?? []), progress };
    case 'progress': {
      const others = [...progress].filter(([id]) => id !== event.id);
      return { runs, progress: new Map(event.progress === null ? others : [...others, [event.id, event.progress]]) };
    }
    default:
      return event satisfies never;
  }
}

/** A run told for the first time takes its place by age. */
function withRun(runs: readonly RunHead[], run: RunHead): readonly RunHead[] {
  const others = runs.filter(({ id }) => id !== run.id);
  const younger = others.filter((other) => isYounger(other, run));
  return [...younger, run, ...others.slice(younger.length)];
}

/** Ids grow with time and settle what the clock leaves open. */
function isYounger(run: RunHead, other: RunHead): boolean {
  if (run.created_at_ms !== other.created_at_ms) return run.created_at_ms > other.created_at_ms;
  return run.id > other.id;
}
