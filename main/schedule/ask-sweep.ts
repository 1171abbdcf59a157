/** Asks something of a sweep, whoever runs it: done here where nobody does, else left for them. */

import { AppError } from '../../preload/contract/errors.ts';
import type { SweepRequest } from '../../preload/contract/sweep.ts';
import type { ReadProject, WriteProject } from '../store/project.ts';
import { sweepById } from '../store/sweeps.ts';
import { changeSweep } from './sweep-changes.ts';
import { leaveRequest } from './sweep-requests.ts';

/**
 * `write` opens the project for writing. Returns whether it is done; else whoever runs the sweep has been asked.
 * Errors: those of `changeSweep`; project-in-use when another process writes the project and does not run the sweep.
 */
export async function askSweep(
  project: ReadProject,
  write: (work: (writable: WriteProject) => void) => Promise<void>,
  id: string,
  request: SweepRequest,
  nowMs: number,
): Promise<boolean> {
  const isRunning = () => sweepById(project.db, id).state === 'running';
  const leave = () => leaveRequest(project, id, request, nowMs);
  try {
    let isDone = true;
    await write((writable) => {
      // A sweep that is running while this process may write is run by this process.
      if (isRunning()) {
        leave();
        isDone = false;
      } else changeSweep(writable, id, request);
    });
    return isDone;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'project-in-use' || !isRunning()) throw error;
    leave();
    return false;
  }
}
