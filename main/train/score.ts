/** Scores images with an exported model: the file itself is run, not the program it was made from. */

import { readFileSync } from 'node:fs';
import { resizeForEvaluation } from '../images/evaluation.ts';
import { encodePng, explanationPicture } from '../images/explanation-picture.ts';
import { Explainer } from './explainer.ts';
import { normalised } from './export.ts';
import { readForeign } from './imported/open-model.ts';
import { probabilitiesOf } from './probabilities.ts';
import type { Explanation, ExplanationOrder, ImageScore, ScoreJob, ScoreRequest } from './protocol.ts';
import { remade, weightsInFile } from './remake.ts';
import { openSession, type Session, Tensor } from './runtime.ts';
import { scoreOrWhy } from './score-or-why.ts';

export class Scorer {
  private readonly job: ScoreJob;
  private readonly session: Session;
  private explainer: Explainer | null = null;

  private constructor(job: ScoreJob, session: Session) {
    this.job = job;
    this.session = session;
  }

  /** Errors: bad-hyperparameter, bundle-invalid when the model cannot be made for the size. */
  static async open(job: ScoreJob): Promise<Scorer> {
    const { bytes: file } = readForeign(job.modelFile);
    const session = await openSession(job.isRemade ? remade(file, networkOf(job)) : file, job);
    return new Scorer(job, session);
  }

  /** An image that cannot be read or explained has its reason instead of a score. */
  score({ image, explain }: Pick<ScoreRequest, 'image' | 'explain'>): Promise<ImageScore> {
    const { job } = this;
    return scoreOrWhy(image, async (pixels) => {
      const view = resizeForEvaluation(pixels, job);
      const input = new Tensor('float32', normalised(view, job.convention), [1, 3, job.cropSize, job.cropSize]);
      const { output1 } = await this.session.run({ input1: input });
      const probabilities = probabilitiesOf(output1!.data as Float32Array, job.activation);
      return { probabilities, explanations: explain === null ? [] : await this.explain(view, probabilities, explain) };
    });
  }

  async release(): Promise<void> {
    await this.session.release();
    await this.explainer?.release();
  }

  private async explain(
    view: Uint8Array,
    probabilities: readonly number[],
    order: ExplanationOrder,
  ): Promise<Explanation[]> {
    this.explainer ??= new Explainer({
      ...networkOf(this.job),
      weights: weightsInFile(readFileSync(this.job.modelFile), networkOf(this.job)),
      device: this.job.device,
      threads: this.job.threads,
    });
    const classes = explainedClasses(probabilities, order.thresholds);
    const attributions = await this.explainer.explain(view, classes, order);
    return Promise.all(
      attributions.map(async ({ planes, heat }, i) => ({
        classIndex: classes[i]!,
        picture: order.hasPicture ? await encodePng(explanationPicture(view, heat)) : null,
        attribution: order.hasAttribution ? planes : null,
      })),
    );
  }
}

const networkOf = ({ model, classes, convention, cropSize }: ScoreJob) => ({
  model,
  classes: classes.length,
  convention,
  cropSize,
});

/** The most probable class, or all whose threshold is reached. */
function explainedClasses(probabilities: readonly number[], thresholds: readonly number[] | null): number[] {
  if (thresholds === null) return [probabilities.indexOf(Math.max(...probabilities))];
  return [...probabilities.keys()].filter((i) => probabilities[i]! >= thresholds[i]!);
}
