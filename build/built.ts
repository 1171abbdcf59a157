/** Build outputs that are made anew only when what they are made from has changed. */

import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT } from './source-files.ts';

export interface BuildStep {
  /** The folder it fills, from the repository root. */
  readonly output: string;
  /** Files and folders it reads, from the repository root. */
  readonly inputs: readonly string[];
  /** Told apart from other settings of the same step. */
  readonly settings?: string;
  /** Fills an empty folder. */
  run(folder: string): Promise<void>;
}

const STAMP = 'built-from.txt';

/**
 * Brings the output of a step up to date and returns its absolute folder. The folder appears finished or not at all,
 * so several programs may do this at once.
 */
export async function built(step: BuildStep): Promise<string> {
  const output = join(ROOT, step.output);
  const stamp = fingerprint(step);
  if (isCurrent(output, stamp)) return output;
  const partial = join(dirname(output), `.${basename(output)}-${randomUUID()}`);
  mkdirSync(partial, { recursive: true });
  try {
    await step.run(partial);
    writeFileSync(join(partial, STAMP), stamp);
    replace(output, partial, stamp);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return output;
}

/** What another program has put there meanwhile is the same and may be in use, so it stays. */
function replace(output: string, partial: string, stamp: string): void {
  try {
    renameSync(partial, output);
  } catch {
    if (isCurrent(output, stamp)) return;
    rmSync(output, { recursive: true, force: true });
    renameSync(partial, output);
  }
}

function isCurrent(output: string, stamp: string): boolean {
  const path = join(output, STAMP);
  return existsSync(path) && readFileSync(path, 'utf8') === stamp;
}

function fingerprint({ inputs, settings = '' }: BuildStep): string {
  const hash = createHash('sha256').update(settings);
  for (const input of inputs)
    for (const path of filesIn(input)) hash.update(path).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex');
}

/** All files of a path, sorted, so that the order of a folder's entries does not matter. */
function filesIn(path: string): string[] {
  if (statSync(join(ROOT, path)).isFile()) return [path];
  const names = readdirSync(join(ROOT, path)).sort();
  return names.flatMap((name) => filesIn(join(path, name)));
}
