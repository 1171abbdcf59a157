/** What the handlers of the contract need from the engine: reading, and being told of changes. */

import type { EngineInfo } from '../../preload/contract/engine.ts';
import type { Evaluation } from '../../preload/contract/evaluation.ts';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import type { Split } from '../../preload/contract/tasks.ts';

export type Unsubscribe = () => void;

export interface Engine {
  info(): EngineInfo;
  /** Null while no project is open. */
  projectOverview(): ProjectOverview | null;
  /** Newest first. */
  runSummaries(): readonly RunSummary[];
  runSummary(id: string): RunSummary | null;
  /** Of a run that is there. */
  judgedParts(run: string): readonly Split[];
  /** Of a run that is there. Errors: file-unreadable. */
  evaluation(run: string, split: Split): Evaluation | null;
  /** Called after the project's name, images, labels or splits changed. */
  onProjectChanged(listener: (project: ProjectOverview | null) => void): Unsubscribe;
  /** Called after a run was added, changed state or finished an epoch. */
  onRunChanged(listener: (run: RunSummary) => void): Unsubscribe;
}
