/** Finds objects with an exported model: the file itself is run, not the program it was made from. */

import { toFractions } from '../../native-models/geometry/box.ts';
import { evaluationView, viewsPerPicture } from '../images/objects/object-views.ts';
import { cutOut, partOf } from '../images/objects/tiles.ts';
import type { Pixels } from '../images/pixels.ts';
import { readForeign } from './imported/open-model.ts';
import type { ImageScore, ObjectScoreJob, ScoredObject, ScoreRequest } from './protocol.ts';
import { remadeDetector } from './remade-detector.ts';
import { openSession, type Session, Tensor } from './runtime.ts';
import { scoreOrWhy } from './score-or-why.ts';
import { detectionsAt, type OnCanvas, objectsIn } from './view-detections.ts';

export class ObjectScorer {
  private readonly job: ObjectScoreJob;
  private readonly session: Session;

  private constructor(job: ObjectScoreJob, session: Session) {
    this.job = job;
    this.session = session;
  }

  static async open(job: ObjectScoreJob): Promise<ObjectScorer> {
    const { bytes: file } = readForeign(job.modelFile);
    const { canvas } = job.viewing.transform;
    return new ObjectScorer(job, await openSession(job.remade ? remadeDetector(file, canvas, job.remade) : file, job));
  }

  /** An image that cannot be read has its reason instead of objects. */
  score({ image }: Pick<ScoreRequest, 'image'>): Promise<ImageScore> {
    return scoreOrWhy(image, async (pixels) => ({ objects: await this.find(pixels) }));
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private async find(pixels: Pixels): Promise<ScoredObject[]> {
    const { viewing } = this.job;
    const seen: OnCanvas[] = [];
    for (let part = 0; part < viewsPerPicture(viewing.transform); part++) seen.push(await this.look(pixels, part));
    return objectsIn(seen, pixels, viewing).map(({ box, label, score, mask }) => {
      return { label, score, fractions: toFractions(box, pixels), mask };
    });
  }

  /** At all of a picture, or at one of its tiles. */
  private async look(picture: Pixels, part: number): Promise<OnCanvas> {
    const { transform } = this.job.viewing;
    const { canvas, tiles = null } = transform;
    const { pixels } = cutOut({ pixels: picture, objects: [] }, partOf(picture, tiles, part));
    const { planes, size } = evaluationView(pixels, pixels, transform);
    const results = await this.session.run({
      images: new Tensor('uint8', planes, [1, 3, canvas.height, canvas.width]),
      image_sizes: new Tensor('float32', Float32Array.of(size.width, size.height), [1, 2]),
    });
    return detectionsAt(results, 0);
  }
}
