/** Says what is in images by a model from elsewhere, as its mapping says. */

import type { Pixels } from '../../images/pixels.ts';
import type { ImageScore, ImportedScoreJob, ScoreRequest } from '../protocol.ts';
import type { Session } from '../runtime.ts';
import { scoreOrWhy } from '../score-or-why.ts';
import { openForeign, runForeign } from './open-model.ts';
import { seenPicture } from './picture-input.ts';
import { readClasses, readObjects } from './read-answer.ts';

export class ImportedScorer {
  private readonly job: ImportedScoreJob;
  private readonly session: Session;

  private constructor(job: ImportedScoreJob, session: Session) {
    this.job = job;
    this.session = session;
  }

  /** Errors: file-missing, model-invalid. */
  static async open(job: ImportedScoreJob): Promise<ImportedScorer> {
    return new ImportedScorer(job, await openForeign(job.modelFile, job));
  }

  /** An image that cannot be read has its reason instead, and so has one at which the model fails. */
  score({ image }: Pick<ScoreRequest, 'image'>): Promise<ImageScore> {
    return scoreOrWhy(image, (pixels) => this.look(pixels));
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private async look(pixels: Pixels): Promise<ImageScore> {
    const { input, output, classCount, modelFile } = this.job;
    const { tensor, placement } = seenPicture(pixels, input);
    const results = await runForeign(this.session, modelFile, { [input.name]: tensor });
    if (output.kind === 'classes') {
      return { probabilities: readClasses(results, output, classCount), explanations: [] };
    }
    return { objects: readObjects(results, output, classCount, { input, placement, size: pixels }) };
  }
}
