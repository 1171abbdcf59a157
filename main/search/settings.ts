/** What a trial is trained with: the arguments of the sweep and its own configuration, the model's name taken out. */

import type { Scalar, SweepPlan } from '../../preload/contract/sweep-plan.ts';
import type { Configuration } from './space.ts';

export const MODEL_NAME = 'model_name';

export interface TrialSettings {
  /** Null where neither the sweep nor the configuration names one, and there is no default. */
  readonly model: string | null;
  readonly given: Readonly<Record<string, Scalar>>;
}

export function settingsOf(
  plan: Pick<SweepPlan, 'arguments'>,
  configuration: Configuration,
  defaultModel: string | null,
): TrialSettings {
  const { [MODEL_NAME]: model = defaultModel, ...given } = { ...plan.arguments, ...configuration };
  return { model: model === null ? null : String(model), given };
}
