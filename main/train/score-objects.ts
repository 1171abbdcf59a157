/** Finds objects with an exported model: the file itself is run, not the program it was made from. */

import { readFileSync } from 'node:fs';
import { clipBox, toFractions, type Xyxy } from '../../native-models/geometry/box.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { decode, decodeBytes } from '../images/decode.ts';
import { toErrorRecord } from '../images/error-record.ts';
import { mapOf } from '../images/objects/canvas-view.ts';
import { evaluationPlacement, evaluationView } from '../images/objects/object-views.ts';
import { inverted, movedBox } from '../images/objects/objects.ts';
import type { ImageScore, ImageSource, ObjectScoreJob, ScoreRequest } from './protocol.ts';
import { openSession, type Session, Tensor } from './runtime.ts';

export class ObjectScorer {
  private readonly job: ObjectScoreJob;
  private readonly session: Session;

  private constructor(job: ObjectScoreJob, session: Session) {
    this.job = job;
    this.session = session;
  }

  static async open(job: ObjectScoreJob): Promise<ObjectScorer> {
    return new ObjectScorer(job, await openSession(readFileSync(job.modelFile), job));
  }

  /** An image that cannot be read has its reason instead of objects. */
  async score({ image }: Pick<ScoreRequest, 'image'>): Promise<ImageScore> {
    try {
      return { objects: await this.find(image) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { error: toErrorRecord(error) };
    }
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private async find(image: ImageSource) {
    const { evaluation } = this.job;
    const { canvas } = evaluation;
    const pixels = await pixelsOf(image);
    const { planes, size } = evaluationView(pixels, pixels, evaluation);
    const { boxes, scores, labels, counts } = await this.session.run({
      images: new Tensor('uint8', planes, [1, 3, canvas.height, canvas.width]),
      image_sizes: new Tensor('float32', Float32Array.of(size.width, size.height), [1, 2]),
    });
    const back = inverted(mapOf(evaluationPlacement(pixels, evaluation)));
    return Array.from({ length: (counts!.data as Int32Array)[0]! }, (_, i) => {
      const onCanvas = (boxes!.data as Float32Array).subarray(4 * i, 4 * i + 4) as unknown as Xyxy;
      return {
        label: (labels!.data as Int32Array)[i]!,
        score: (scores!.data as Float32Array)[i]!,
        fractions: toFractions(clipBox(movedBox(back, onCanvas), pixels), pixels),
      };
    });
  }
}

const pixelsOf = (image: ImageSource) =>
  'path' in image ? decode(image.path) : decodeBytes(image.name, Buffer.from(image.bytes));
