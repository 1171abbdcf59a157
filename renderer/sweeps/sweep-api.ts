/** What the pages about sweeps ask of the engine, and where they lead. */

import type { SweepEvent, SweepHead, SweepRequest, SweepStart } from '../../preload/contract/sweep.ts';
import type { SweepDraft, SweepSource } from '../../preload/contract/sweep-draft.ts';
import type { TrainingChoices } from '../../preload/contract/training.ts';

export interface SweepApi {
  /** What this machine trains with. */
  readonly choices: () => Promise<TrainingChoices>;
  readonly list: () => Promise<readonly SweepHead[]>;
  readonly get: (id: string) => Promise<SweepHead>;
  readonly watch: (id: string, signal: AbortSignal) => Promise<AsyncIterable<SweepEvent>>;
  readonly draft: (source: SweepSource) => Promise<SweepDraft>;
  /** Returns the sweep's id. */
  readonly start: (request: SweepStart) => Promise<string>;
  readonly resume: (id: string) => Promise<null>;
  readonly ask: (id: string, request: SweepRequest) => Promise<null>;
}

export interface SweepLinks {
  readonly sweeps: string;
  readonly sweep: (id: string) => string;
  readonly newSweep: (like: string | null) => string;
  readonly run: (id: string) => string;
  readonly follow: (href: string) => void;
}
