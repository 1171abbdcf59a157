/** Where a run keeps its files, and what every child that works with its model is told. */

import { join } from 'node:path';
import { IMAGENET_CONVENTION, type InputConvention } from '../../native-models/catalog.ts';
import { ClassificationTask, type Split } from '../../preload/contract/tasks.ts';
import type { ReadProject } from '../store/project.ts';
import type { Run } from '../store/runs.ts';
import type { ModelSetting } from '../train/protocol.ts';

export const runFolder = (project: { readonly folder: string }, run: string): string =>
  join(project.folder, 'runs', run);

/** In the run's folder. */
export const evaluationFile = (split: Split): string => `evaluation-${split}.json`;

/** What the weights of a run say of pixels and padding; ImageNet's way without weights. */
export function conventionOf(run: Pick<Run, 'weights'>): InputConvention {
  return (run.weights?.['convention'] as InputConvention | undefined) ?? IMAGENET_CONVENTION;
}

/** What every job of a run's model is given. Training alone uses the run's device: a kept model is judged anywhere. */
export function settingOf({ info }: Pick<ReadProject, 'info'>, run: Run, threads: number): ModelSetting {
  const task = ClassificationTask.parse(info.task);
  return { task, model: run.model, classes: run.classes, convention: conventionOf(run), device: 'cpu', threads };
}
