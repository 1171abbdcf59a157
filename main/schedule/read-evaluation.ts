/** Evaluations of a run as the last one to judge it wrote them down. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AnyEvaluation } from '../../preload/contract/any-evaluation.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { Split } from '../../preload/contract/tasks.ts';
import { evaluationFile, runFolder } from './run-setting.ts';

/** The parts of the images that the run's kept model was judged on. */
export function judgedParts(project: { readonly folder: string }, run: string): Split[] {
  return Split.options.filter((split) => existsSync(join(runFolder(project, run), evaluationFile(split))));
}

/**
 * Null where the run was not judged on that part.
 * Errors: file-unreadable when the file is not one that this version writes.
 */
export function readEvaluation(project: { readonly folder: string }, run: string, split: Split): AnyEvaluation | null {
  const file = join(runFolder(project, run), evaluationFile(split));
  if (!existsSync(file)) return null;
  try {
    return AnyEvaluation.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const message = `${file} is damaged or of another version of Lightbench; evaluate the run again to replace it`;
    throw new AppError('file-unreadable', message, { file, run, split }, { cause: error });
  }
}
