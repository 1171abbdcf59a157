/** What the window's parts ask of the engine, one by one. */

import type { EvaluationSource } from '../../dash/views/evaluation/use-evaluation.ts';
import type { RunActions } from '../../dash/views/run-actions.ts';
import type { EpochSource } from '../../dash/views/use-epochs.ts';
import type { DataSource } from '../../data/views/data-source.ts';
import type { LabelApi } from '../../label/label-api.ts';
import type { ModelApi } from '../../models/model-api.ts';
import type { ProjectActions } from '../../projects/views/project-actions.ts';
import type { SweepApi } from '../../sweeps/sweep-api.ts';
import type { TransferApi } from '../../transfer/transfer-api.ts';
import { dataSourceOf } from './data-source.ts';
import { labelApiOf } from './label-api.ts';
import type { LiveEngine } from './live-engine.ts';
import { modelApiOf } from './model-api.ts';
import { projectActionsOf } from './project-actions.ts';
import { epochSourceOf, evaluationSourceOf, runActionsOf } from './run-apis.ts';
import { sweepApiOf } from './sweep-api.ts';
import { transferApiOf } from './transfer-api.ts';

export interface Apis {
  readonly evaluations: EvaluationSource;
  readonly epochs: EpochSource;
  readonly runActions: RunActions;
  readonly labelling: LabelApi;
  readonly data: DataSource;
  readonly sweeps: SweepApi;
  readonly projects: ProjectActions;
  readonly transfers: TransferApi;
  readonly models: ModelApi;
}

export function apisOf(live: LiveEngine): Apis {
  return {
    evaluations: evaluationSourceOf(live),
    epochs: epochSourceOf(live),
    runActions: runActionsOf(live),
    labelling: labelApiOf(live),
    data: dataSourceOf(live),
    sweeps: sweepApiOf(live),
    projects: projectActionsOf(live),
    transfers: transferApiOf(live),
    models: modelApiOf(live),
  };
}
