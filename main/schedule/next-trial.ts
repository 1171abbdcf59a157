/** What a sweep tries next: the sampler asked, and its answer written down as a trial with a queued run. */

import { rngFrom } from '../../native-models/core/rng.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { Device } from '../devices/device.ts';
import type { PastTrial } from '../search/samplers/sampler.ts';
import { SAMPLERS } from '../search/samplers/samplers.ts';
import { settingsOf } from '../search/settings.ts';
import type { Configuration } from '../search/space.ts';
import { type PriorTrial, priorHistory } from '../search/warm-start.ts';
import type { WriteProject } from '../store/project.ts';
import type { Sweep } from '../store/sweeps.ts';
import { curvesOf } from '../store/trial-curves.ts';
import { addTrial, type Trial, trialsOf } from '../store/trials.ts';
import type { RecognisedWeights } from '../weights/recognise.ts';
import { modelRules } from './model-rules.ts';
import { planRun } from './plan-run.ts';

export type WeightsFor = (model: string) => RecognisedWeights | null;

/** Errors that mean this one configuration is none to train; anything else stands in the way of all. */
const OF_CONFIGURATION: readonly string[] = ['bad-hyperparameter', 'model-unknown', 'weights-invalid'];

/**
 * Adds the next trial, where `prior` are those of the sweeps it begins with; one that cannot be trained is added as failed, with the reason. Returns its number, or null when
 * there are as many as there may be, or the space has no more.
 */
export function addNextTrial(
  project: WriteProject,
  sweep: Sweep,
  prior: readonly PriorTrial[],
  device: Device,
  weightsFor: WeightsFor,
): { readonly number: number; readonly problem: string | null } | null {
  const { db, clock } = project;
  const trials = trialsOf(db, sweep.id);
  const number = trials.length + 1;
  if (number > sweep.plan.iterations) return null;
  const configuration = suggestion(project, sweep, prior, trials);
  if (configuration === null) return null;
  const trial = { sweep_id: sweep.id, number, configuration, created_at_ms: clock.nowMs() };
  return db.transaction(() => {
    const run = runFor(project, sweep, configuration, device, weightsFor);
    if (run instanceof AppError) {
      addTrial(db, { ...trial, run_id: null, reason: run.message });
      return { number, problem: run.message };
    }
    addTrial(db, { ...trial, run_id: run, reason: null });
    return { number, problem: null };
  });
}

/** The same whenever it is asked with the same trials. */
function suggestion(
  { db }: WriteProject,
  sweep: Sweep,
  prior: readonly PriorTrial[],
  trials: readonly Trial[],
): Configuration | null {
  const { space, sampling } = sweep.plan;
  const curves = curvesOf(db, sweep);
  const own = trials.map(({ number, configuration, state }): PastTrial => {
    const values = curves.get(number)?.values ?? [];
    const isJudged = (state === 'completed' || state === 'stopped') && values.length > 0;
    const isRunning = state === 'running' || state === 'queued';
    return { configuration, value: isJudged ? Math.max(...values) : null, isRunning };
  });
  const history = [...priorHistory(sweep.plan, prior), ...own];
  const draws = (...words: readonly (string | number)[]) => rngFrom(sampling.seed, 'sweep', ...words);
  return SAMPLERS[sampling.algorithm].suggest({ space, sampling, history, index: trials.length, draws });
}

function runFor(
  project: WriteProject,
  { plan }: Sweep,
  configuration: Configuration,
  device: Device,
  weightsFor: WeightsFor,
): string | AppError {
  const { model, given } = settingsOf(plan, configuration, modelRules(project.info.task).defaultModel);
  try {
    const weights = model === null ? null : weightsFor(model);
    return planRun(project, { model, given, device, weights });
  } catch (error) {
    if (error instanceof AppError && OF_CONFIGURATION.includes(error.code)) return error;
    throw error;
  }
}
