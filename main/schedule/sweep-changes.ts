/** Changes of a sweep that need nobody to run it. */

import { AppError } from '../../preload/contract/errors.ts';
import type { SweepRequest } from '../../preload/contract/sweep.ts';
import { LIMITS } from '../../preload/contract/sweep-plan.ts';
import type { WriteProject } from '../store/project.ts';
import { finishRun, runById } from '../store/runs.ts';
import { reopenSweep, setIterations, sweepById } from '../store/sweeps.ts';
import { cancelWaiting, requeueTrial } from '../store/trials.ts';

/**
 * Does what was asked where it is a matter of the store alone.
 * Errors: sweep-not-found; sweep-wrong-state when it has to be running, or the trial is in another state; bad-argument
 * when it would have more trials than there may be.
 */
export function changeSweep(project: WriteProject, id: string, request: SweepRequest): void {
  const { db } = project;
  const { plan, state } = sweepById(db, id);
  switch (request.action) {
    case 'requeue':
      requeueTrial(db, id, request.trial);
      reopenSweep(db, id);
      return;
    case 'add':
      refuseTooMany(plan.iterations + request.count);
      setIterations(db, id, plan.iterations + request.count);
      reopenSweep(db, id);
      return;
    case 'stop-trial':
      stopWaiting(project, id, request.trial);
      return;
    case 'pause':
    case 'stop':
    case 'stop-now':
      throw new AppError('sweep-wrong-state', `cannot ${request.action} sweep ${id}: it is ${state}`, {
        sweep: id,
        state,
      });
    default:
      request satisfies never;
  }
}

function refuseTooMany(iterations: number): void {
  if (iterations <= LIMITS.iterations) return;
  const message = `a sweep has at most ${LIMITS.iterations} trials, this one would have ${iterations}`;
  throw new AppError('bad-argument', message, { iterations });
}

function stopWaiting({ db, clock }: WriteProject, id: string, number: number): void {
  const reason = 'stopped by hand';
  const run = cancelWaiting(db, id, number, reason, clock.nowMs());
  if (run !== null && runById(db, run).state === 'queued') finishRun(db, run, 'cancelled', reason, clock.nowMs());
}
