/** Where a run keeps its files, and what every child that works with its model is told. */

import { join } from 'node:path';
import {
  defaultConvention,
  findModel,
  IMAGENET_CONVENTION,
  type InputConvention,
} from '../../native-models/catalog.ts';
import { ClassificationTask, ObjectTask, type Split, type Task } from '../../preload/contract/tasks.ts';
import type { ReadProject } from '../store/project.ts';
import type { Run } from '../store/runs.ts';
import type { ModelSetting, ObjectSetting, Setting } from '../train/protocol.ts';

export const runFolder = (project: { readonly folder: string }, run: string): string =>
  join(project.folder, 'runs', run);

/** In the run's folder. */
export const evaluationFile = (split: Split): string => `evaluation-${split}.json`;

/** What the weights of a run say of pixels and padding; the model's own way without weights. */
export function conventionOf({ weights, model }: Pick<Run, 'weights' | 'model'>): InputConvention {
  const card = findModel(model);
  const own = card === null ? IMAGENET_CONVENTION : defaultConvention(card);
  return (weights?.['convention'] as InputConvention | undefined) ?? own;
}

/** What every job of a run's model is given. Training alone uses the run's device: a kept model is judged anywhere. */
export function settingOf({ info }: Pick<ReadProject, 'info'>, run: Run, threads: number): Setting<Task> {
  const convention = conventionOf(run);
  return { task: info.task, model: run.model, classes: run.classes, convention, device: 'cpu', threads };
}

/** The same, of a run that tells classes of images. */
export function classSettingOf(project: Pick<ReadProject, 'info'>, run: Run, threads: number): ModelSetting {
  return { ...settingOf(project, run, threads), task: ClassificationTask.parse(project.info.task) };
}

/** The same, of a run that finds objects. */
export function objectSettingOf(project: Pick<ReadProject, 'info'>, run: Run, threads: number): ObjectSetting {
  return { ...settingOf(project, run, threads), task: ObjectTask.parse(project.info.task) };
}
