/** How a scheduler has a run trained. */

import type { WriteProject } from '../store/project.ts';
import { hasLast } from '../train/checkpoint.ts';
import { runFolder } from './run-setting.ts';
import { trainAgain, trainQueued } from './run-training.ts';

/** Trains a run of the store to its end. */
export interface Trainer {
  /** Whether the run has a checkpoint to go on from. */
  readonly hasBegun: (project: WriteProject, run: string) => boolean;
  readonly begin: typeof trainQueued;
  readonly goOn: typeof trainAgain;
}

/** Each run in a process of its own. */
export const CHILD_TRAINER: Trainer = {
  hasBegun: (project, run) => hasLast(runFolder(project, run)),
  begin: trainQueued,
  goOn: trainAgain,
};
