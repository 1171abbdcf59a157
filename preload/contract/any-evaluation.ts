/** A kept model judged on one part of a project's images, whatever its task. */

import { z } from 'zod';
import { Evaluation } from './evaluation.ts';
import { ObjectEvaluation } from './object-evaluation.ts';

export const AnyEvaluation = z.discriminatedUnion('task', [Evaluation, ObjectEvaluation]);
export type AnyEvaluation = z.infer<typeof AnyEvaluation>;

/** Units: views of images; milliseconds since it began. */
const JudgeProgress = z.object({
  done: z.int().nonnegative(),
  total: z.int().positive(),
  elapsed_ms: z.number().nonnegative(),
});

export const JudgeEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), progress: JudgeProgress }),
  /** The report is written. */
  z.object({ type: z.literal('done') }),
]);
export type JudgeEvent = z.infer<typeof JudgeEvent>;
