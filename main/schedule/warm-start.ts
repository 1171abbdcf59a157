/** The trials of the sweeps that a sweep begins with, and whether it can. */

import type { ReadSweep, SweepProblem } from '../../preload/contract/sweep-draft.ts';
import type { SweepPlan } from '../../preload/contract/sweep-plan.ts';
import { lineAt } from '../search/problems.ts';
import { LEARNS, type PriorTrial, priorHistory } from '../search/warm-start.ts';
import type { ReadDb } from '../store/db.ts';
import { allShownRuns } from '../store/runs.ts';
import { allSweeps, type Sweep, sweepById } from '../store/sweeps.ts';
import { curvesOf } from '../store/trial-curves.ts';
import { trialsOf } from '../store/trials.ts';

/**
 * Trials of the parents that had ended, with a value, when the sweep was made: what becomes of the parents later changes
 * no suggestion. Errors: sweep-not-found.
 */
export function priorTrials(
  db: ReadDb,
  { plan, created_at_ms: made }: Pick<Sweep, 'plan' | 'created_at_ms'>,
): PriorTrial[] {
  if (plan.warm_start.length === 0) return [];
  const runs = new Map(allShownRuns(db).map((run) => [run.id, run]));
  return plan.warm_start.flatMap((id) => {
    const curves = curvesOf(db, sweepById(db, id));
    return trialsOf(db, id).flatMap(({ number, state, run_id: run, finished_at_ms: finished }): PriorTrial[] => {
      const values = curves.get(number)?.values ?? [];
      const hasEnded = (state === 'completed' || state === 'stopped') && finished !== null && finished <= made;
      if (!hasEnded || run === null || values.length === 0) return [];
      const { model, params } = runs.get(run)!;
      return [{ sweep: id, number, settings: { ...params, model_name: model }, values }];
    });
  });
}

/** What was read, with whatever is wrong with its parents. */
export function withParentsChecked(db: ReadDb, text: string, read: ReadSweep, nowMs: number): ReadSweep {
  const { plan } = read;
  if (plan === null || plan.warm_start.length === 0) return read;
  const { problems, notes } = checkParents(db, plan, nowMs);
  const told = problems.map(({ at, message }): SweepProblem => {
    return { path: `warm_start[${at}]`, line: lineAt(text, ['warm_start', at]), message, branch: null };
  });
  return { plan: told.length === 0 ? plan : null, problems: told, notes: [...read.notes, ...notes] };
}

interface Found {
  readonly problems: readonly { readonly at: number; readonly message: string }[];
  readonly notes: readonly string[];
}

function checkParents(db: ReadDb, plan: SweepPlan, nowMs: number): Found {
  const there = new Set(allSweeps(db).map(({ id }) => id));
  const learns = LEARNS[plan.sampling.algorithm];
  const problems: { at: number; message: string }[] = [];
  const notes: string[] = [];
  for (const [at, id] of plan.warm_start.entries()) {
    const prior = there.has(id) ? priorTrials(db, { plan: { ...plan, warm_start: [id] }, created_at_ms: nowMs }) : [];
    const fits = priorHistory(plan, prior).length;
    const among = [...there].join(', ') || 'none yet';
    let message: string | null = null;
    if (!there.has(id)) message = `there is no sweep "${id}" to begin with; there are: ${among}`;
    else if (plan.warm_start.indexOf(id) !== at) message = `sweep ${id} is given twice`;
    else if (prior.length === 0) message = `sweep ${id} has no finished trial with a value yet`;
    else if (learns && fits === 0) {
      message = `none of the ${prior.length} finished trials of sweep ${id} lies in this space with these arguments`;
    }
    if (message !== null) problems.push({ at, message });
    else
      notes.push(learns ? `begins with ${fits} of ${prior.length} finished trials of sweep ${id}` : usedFor(plan, id));
  }
  return { problems, notes };
}

const usedFor = ({ sampling, early_termination_policy: policy }: SweepPlan, id: string): string =>
  policy.type === 'none'
    ? `sweep ${id} changes nothing: ${sampling.algorithm} sampling does not learn, and there is no policy`
    : `${sampling.algorithm} sampling does not learn: sweep ${id} serves ${policy.type} alone`;
