/** What of judging a run's model depends on what it learned: classes of whole images, or objects in them. */

import { assert } from '../../native-models/core/assert.ts';
import type { AnyEvaluation } from '../../preload/contract/any-evaluation.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import type { ReadProject } from '../store/project.ts';
import type { Run } from '../store/runs.ts';
import { runInChild } from '../train/host.ts';
import type { EvaluateJob, LabelledSample, ObjectSample, Scored } from '../train/protocol.ts';

/** The model of the best epoch. */
export interface KeptModel {
  readonly run: Run;
  readonly epoch: number;
  /** Its checkpoint. */
  readonly file: string;
}

/** Images of a run that its kept model has been asked about. */
export interface JudgedPart<Sample> {
  readonly run: Run;
  readonly epoch: number;
  readonly split: Split;
  readonly samples: readonly Sample[];
  readonly warnings: readonly string[];
}

export interface WrittenJudgement<Evaluation extends AnyEvaluation> {
  readonly evaluation: Evaluation;
  /** What was said of each image, in order. */
  readonly rows: readonly object[];
}

export interface Judging<Sample extends LabelledSample | ObjectSample> {
  /** The images of a part that are still there, with their truth. */
  samples(
    project: ReadProject,
    run: Run,
    split: Split,
  ): { readonly samples: readonly Sample[]; readonly missing: readonly number[] };
  /** What a child is to do. */
  job(project: ReadProject, kept: KeptModel, samples: readonly Sample[], threads: number): EvaluateJob;
  judged(project: ReadProject, part: JudgedPart<Sample>, scored: Scored): WrittenJudgement<AnyEvaluation>;
}

export interface JudgeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears how many views of the images are done, and of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What a child says of the images of a job. Errors: as `runInChild`. */
export async function scoredInChild(job: EvaluateJob, { signal, onProgress }: JudgeOptions = {}): Promise<Scored> {
  let scored: Scored | null = null;
  await runInChild(job, {
    signal,
    onMessage: (message) => {
      if (message.type === 'scored') scored = message.scored;
      else if (message.type === 'judging') onProgress?.(message.done, message.total);
    },
  });
  assert(scored !== null, `a job of ${job.samples.length} images ended without scores`);
  return scored;
}
