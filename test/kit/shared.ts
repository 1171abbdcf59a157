/** Real data and reference numbers beside the checkout, where there are any; a test that needs an absent set is skipped. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type SuiteFactory } from 'vitest';
import { ROOT } from '../../build/source-files.ts';

const FOLDER = process.env.LIGHTBENCH_SHARED ?? join(ROOT, '..', 'shared');

export const sharedPath = (...parts: readonly string[]): string => join(FOLDER, ...parts);

/** A suite that runs only where every one of the named shared paths exists; its name says which are missing. */
export function describeWithShared(name: string, needs: readonly string[], suite: SuiteFactory): void {
  const missing = needs.filter((path) => !existsSync(sharedPath(path)));
  if (missing.length === 0) describe(name, suite);
  else describe.skip(`${name} (needs ${missing.join(', ')})`, suite);
}
