/** A sweep from its file to a row in the store, checked against the project's task and models. */

import { rngFrom } from '../../native-models/core/rng.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ReadSweep, SweepProblem } from '../../preload/contract/sweep-draft.ts';
import type { SweepPlan } from '../../preload/contract/sweep-plan.ts';
import { PRIMARY_METRICS, type Task } from '../../preload/contract/tasks.ts';
import type { Device } from '../devices/device.ts';
import { examineSweep } from '../search/examine-sweep.ts';
import type { ReadProject, WriteProject } from '../store/project.ts';
import { createSweep } from '../store/sweeps.ts';
import { modelRules } from './model-rules.ts';
import { withParentsChecked } from './warm-start.ts';

/** Everything that is wrong with a sweep file, or what it would do. */
export function examineFor(task: Task, text: string): ReadSweep {
  return examineSweep(text, modelRules(task), (...words) => rngFrom(0, ...words));
}

/** The same for a project, whose earlier sweeps it may begin with. */
export function examineIn({ db, info }: Pick<ReadProject, 'db' | 'info'>, text: string, nowMs: number): ReadSweep {
  return withParentsChecked(db, text, examineFor(info.task, text), nowMs);
}

/**
 * Writes down a sweep in state `queued`. Returns its id and what a person should know.
 * Errors: bad-sweep with every problem and its line; then there is no sweep.
 */
export function planSweep(
  project: WriteProject,
  text: string,
  devices: readonly Device[],
  file: string,
): { readonly id: string; readonly notes: readonly string[] } {
  const { db, info, clock } = project;
  const { plan, problems, notes } = examineIn(project, text, clock.nowMs());
  if (plan === null) throw badSweep(file, problems);
  const id = createSweep(db, {
    source_text: text,
    plan: plan satisfies SweepPlan,
    devices,
    primary_metric: PRIMARY_METRICS[info.task],
    created_at_ms: clock.nowMs(),
  });
  return { id, notes };
}

export function badSweep(file: string, problems: readonly SweepProblem[]): AppError {
  const lines = problems.map(({ line, path, message }) => {
    const place = line === null ? file : `${file}:${line}`;
    return `${place}: ${path === '' || message.includes(path) ? '' : `${path}: `}${message}`;
  });
  return new AppError('bad-sweep', lines.join('\n'), { file, problems });
}
