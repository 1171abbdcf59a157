/** The job of a training run: its images with their truth, and its settings. */

import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { objectSamplesOf, samplesOf } from '../data/training-set.ts';
import { parseDevice } from '../devices/device.ts';
import type { ReadProject } from '../store/project.ts';
import type { Run } from '../store/runs.ts';
import type { TrainJob } from '../train/protocol.ts';
import { runFolder, settingOf } from './run-setting.ts';

export interface JobOptions {
  readonly threads: number;
  readonly resume: boolean;
}

/** Errors: run-not-resumable when images of the run are gone, or have classes that it does not know. */
export function jobOf(project: ReadProject, run: Run, { threads, resume }: JobOptions): TrainJob {
  const facts = {
    kind: 'train',
    runFolder: runFolder(project, run.id),
    ...settingOf(project, run, threads),
    device: parseDevice(run.device),
    params: run.params as Hyperparameters,
    primaryMetric: run.primary_metric,
    weightsFile: (run.weights?.['file'] as string | undefined) ?? null,
    resume,
  } as const;
  const { task } = project.info;
  switch (task) {
    case 'image-classification':
    case 'image-classification-multilabel':
      return { ...facts, task, ...partsOf(project, run, samplesOf) };
    case 'image-object-detection':
    case 'image-instance-segmentation':
      return { ...facts, task, ...partsOf(project, run, objectSamplesOf) };
    default:
      return task satisfies never;
  }
}

type SamplesOf<Sample> = (
  project: ReadProject,
  classes: readonly string[],
  ids: readonly number[],
) => { readonly samples: readonly Sample[]; readonly missing: readonly number[] };

function partsOf<Sample>(project: ReadProject, run: Run, samples: SamplesOf<Sample>) {
  const part = (name: 'train' | 'validation') => {
    const { samples: found, missing } = samples(project, run.classes, run.split[name]);
    if (missing.length === 0) return found;
    const message = `run ${run.id} cannot go on as it was: ${missing.length} of its ${name} images are gone or have another label`;
    throw new AppError('run-not-resumable', message, { run: run.id, missing });
  };
  return { train: part('train'), validation: part('validation') };
}
