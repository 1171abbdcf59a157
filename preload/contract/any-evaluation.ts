/** A kept model judged on one part of a project's images, whatever its task. */

import { z } from 'zod';
import { Evaluation } from './evaluation.ts';
import { ObjectEvaluation } from './object-evaluation.ts';

export const AnyEvaluation = z.discriminatedUnion('task', [Evaluation, ObjectEvaluation]);
export type AnyEvaluation = z.infer<typeof AnyEvaluation>;
