/** Says what is in images by a model from elsewhere, as its mapping says. */

import { AppError } from '../../../preload/contract/errors.ts';
import { decode, decodeBytes } from '../../images/decode.ts';
import { toErrorRecord } from '../../images/error-record.ts';
import type { Pixels } from '../../images/pixels.ts';
import type { ImageScore, ImageSource, ImportedScoreJob, ScoreRequest } from '../protocol.ts';
import type { Session } from '../runtime.ts';
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
  async score({ image }: Pick<ScoreRequest, 'image'>): Promise<ImageScore> {
    try {
      return await this.look(await pixelsOf(image));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { error: toErrorRecord(error) };
    }
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

const pixelsOf = (image: ImageSource): Promise<Pixels> =>
  'path' in image ? decode(image.path) : decodeBytes(image.name, Buffer.from(image.bytes));
