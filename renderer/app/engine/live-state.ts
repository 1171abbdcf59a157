/** What the window knows of the engine, and how each message changes it. */

import type { RunEvent } from '../../../preload/contract/contract.ts';
import type { EngineInfo } from '../../../preload/contract/engine.ts';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import type { RunSummary } from '../../../preload/contract/run.ts';

export type ConnectionState =
  | { readonly status: 'connecting' }
  | { readonly status: 'connected' }
  /** Lost or never there; tried again by itself. `problem` is the engine's own reason where it gave one. */
  | { readonly status: 'reconnecting'; readonly attempt: number; readonly problem: string | null }
  /** The engine answers and does not know this window. */
  | { readonly status: 'signed-out' }
  /** The engine speaks another contract; only a reload or an update helps. */
  | { readonly status: 'incompatible' };

export interface LiveState {
  readonly connection: ConnectionState;
  readonly engine: EngineInfo | null;
  /** Undefined until told; null when no project is open. Kept while the connection is lost. */
  readonly project: ProjectOverview | null | undefined;
  /** Newest first; null until told. Kept while the connection is lost. */
  readonly runs: readonly RunSummary[] | null;
}

export const INITIAL_STATE: LiveState = {
  connection: { status: 'connecting' },
  engine: null,
  project: undefined,
  runs: null,
};

/** The runs after an event of the stream; a run told for the first time takes its place by age. */
export function withRunEvent(runs: readonly RunSummary[] | null, event: RunEvent): readonly RunSummary[] {
  switch (event.type) {
    case 'snapshot':
      return event.runs;
    case 'changed': {
      const others = (runs ?? []).filter(({ id }) => id !== event.run.id);
      const younger = others.filter((run) => isYounger(run, event.run));
      return [...younger, event.run, ...others.slice(younger.length)];
    }
    default:
      return event satisfies never;
  }
}

/** Ids grow with time and settle what the clock leaves open. */
function isYounger(run: RunSummary, other: RunSummary): boolean {
  if (run.created_at_ms !== other.created_at_ms) return run.created_at_ms > other.created_at_ms;
  return run.id > other.id;
}
