/** What every command is given. */

import { AppError } from '../../preload/contract/errors.ts';
import type { Clock } from '../clock.ts';
import { openProject, type ReadProject, type WriteProject } from '../store/project.ts';
import { trialOfRun } from '../store/trials.ts';
import type { Output } from './output.ts';

export interface CliContext {
  readonly clock: Clock;
  readonly output: Output;
  /** Where this user's Lightbench keeps what outlives a process. */
  readonly home: string;
  /** Folder of the weights that all projects share. */
  readonly library: string;
  readonly threads: number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export async function withWriter<T>(
  context: CliContext,
  folder: string,
  command: string,
  use: (project: WriteProject) => Promise<T> | T,
): Promise<T> {
  const project = openProject(folder, { access: 'write', clock: context.clock, owner: `lightbench ${command}` });
  try {
    for (const run of project.abandonedRuns) {
      const trial = trialOfRun(project.db, run);
      const goOn = trial === null ? `train --resume ${run}` : `sweep --resume ${trial.sweep}`;
      context.output.say(`run ${run} had been left running by a program that died; go on with: ${goOn}`);
    }
    return await use(project);
  } finally {
    project.close();
  }
}

export async function withReader<T>(
  context: CliContext,
  folder: string,
  command: string,
  use: (project: ReadProject) => Promise<T> | T,
): Promise<T> {
  const project = openProject(folder, { access: 'read', clock: context.clock, owner: `lightbench ${command}` });
  try {
    return await use(project);
  } finally {
    project.close();
  }
}

/**
 * Puts runs in order that a dead program left `running`: opening for writing does. Nothing happens while a program that
 * lives is writing.
 */
export function settleAbandoned(context: CliContext, folder: string): void {
  try {
    openProject(folder, { access: 'write', clock: context.clock, owner: 'lightbench runs' }).close();
  } catch (error) {
    const isBusy = error instanceof AppError && (error.code === 'project-in-use' || error.code === 'folder-unwritable');
    if (!isBusy) throw error;
  }
}
