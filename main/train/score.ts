/** Scores image files with an exported model: the file itself is run, not the program it was made from. */

import { readFileSync } from 'node:fs';
import { decode } from '../images/decode.ts';
import { toErrorRecord } from '../images/error-record.ts';
import { resizeForEvaluation } from '../images/evaluation.ts';
import { normalised } from './export.ts';
import { probabilitiesOf } from './probabilities.ts';
import type { ImageScore, ScoreJob } from './protocol.ts';
import { remade } from './remake.ts';
import { openSession, type Session, Tensor } from './runtime.ts';

/** One score per image, in order; an image that cannot be read has its reason instead. */
export async function scoreImages(job: ScoreJob, tell: (score: ImageScore) => void): Promise<void> {
  const session = await openSession(modelBytes(job), job);
  for (const path of job.images) tell(await scoreOne(session, job, path));
  await session.release();
}

function modelBytes({ modelFile, remakeAs, classes, convention, cropSize }: ScoreJob): Uint8Array {
  const file = readFileSync(modelFile);
  return remakeAs === null ? file : remade(file, { model: remakeAs, classes: classes.length, convention, cropSize });
}

async function scoreOne(session: Session, job: ScoreJob, path: string): Promise<ImageScore> {
  let view: Uint8Array;
  try {
    view = resizeForEvaluation(await decode(path), job);
  } catch (error) {
    return { path, error: toErrorRecord(error) };
  }
  const input = new Tensor('float32', normalised(view, job.convention), [1, 3, job.cropSize, job.cropSize]);
  const { output1 } = await session.run({ input1: input });
  return { path, probabilities: probabilitiesOf(output1!.data as Float32Array, job.activation) };
}
