/** What a window may have done about runs; each call is refused with an error that has words for people. */

import type { TrainingChoices, TrainingRequest, WrittenBundle } from '../../../preload/contract/training.ts';

export interface RunActions {
  choices(): Promise<TrainingChoices>;
  start(request: TrainingRequest): Promise<string>;
  stop(run: string): Promise<unknown>;
  resume(run: string): Promise<unknown>;
  bundle(run: string): Promise<WrittenBundle>;
}

/** Where the pages about runs are. */
export interface RunLinks {
  readonly runs: string;
  readonly run: (id: string) => string;
  /** `like` names a run whose settings to begin with. */
  readonly newRun: (like: string | null) => string;
  readonly compare: (ids: readonly string[]) => string;
  /** Goes there. */
  readonly follow: (href: string) => void;
}
