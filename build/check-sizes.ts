/** Fails when a file passes the size at which it must be split by subject. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, sourceFiles } from './source-files.ts';

/** First match wins; lines of the file, blank ones and comments included. */
const LIMITS: readonly (readonly [pattern: RegExp, lines: number])[] = [
  [/^test\//, 500],
  [/^native-models\/models\//, 300],
  [/^main\/search\/(samplers|pruners)\//, 150],
  [/^native-models\/losses\//, 150],
  [/^main\/store\/migrations\//, 150],
  [/^renderer\/label\/tools\//, 150],
  [/\.tsx$/, 250],
  [/./, 400],
];

/** Pure tables and generated files, each with its reason. */
const EXEMPT: Readonly<Record<string, string>> = {};

const errors = sourceFiles()
  .filter((path) => EXEMPT[path] === undefined)
  .flatMap((path) => {
    const lines = readFileSync(join(ROOT, path), 'utf8').split('\n').length - 1;
    const [, limit] = LIMITS.find(([pattern]) => pattern.test(path))!;
    return lines > limit ? [`${path}: ${lines} lines, the limit is ${limit}`] : [];
  });

for (const error of errors) console.error(error);
console.log(`sizes: ${errors.length} files over their limit, ${Object.keys(EXEMPT).length} exempt`);
process.exitCode = errors.length > 0 ? 1 : 0;
