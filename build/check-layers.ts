/** Fails when a file imports across a layer that `layers.ts` does not open. */

import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ALLOWED, DEBT, NARROW } from './layers.ts';
import { ROOT, sourceFiles } from './source-files.ts';

const IMPORT =
  /^\s*(?:import|export)\b[^'"`;]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** Targets of the import statements in a source text, as written there. */
function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

/** `./x.ts` becomes a path from the root, `sharp/lib` becomes `npm:sharp`, `node:fs` stays. */
function target(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier)).replaceAll('\\', '/');
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return `npm:${specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]}`;
}

function covers(pattern: string, path: string): boolean {
  return path === pattern || path.startsWith(pattern.endsWith(':') ? pattern : `${pattern}/`);
}

function isAllowed(from: string, to: string): boolean {
  if (DEBT.some(([source, goal]) => covers(source, from) && covers(goal, to))) return true;
  const narrow = NARROW.filter(([source]) => covers(source, from));
  const rules = narrow.length > 0 ? narrow : ALLOWED.filter(([source]) => covers(source, from));
  return rules.some(([, goals]) => goals.some((goal) => covers(goal, to)));
}

const errors = sourceFiles().flatMap((from) =>
  importsOf(readFileSync(join(ROOT, from), 'utf8'))
    .map((specifier) => target(from, specifier))
    .filter((to) => covers('npm:vitest', to) === false || !from.startsWith('test/'))
    .filter((to) => from !== 'vitest.config.ts' && !isAllowed(from, to))
    .map((to) => `${from} must not import ${to}`),
);

for (const error of errors) console.error(error);
console.log(`layers: ${errors.length} violations, ${DEBT.length} lines of debt`);
process.exitCode = errors.length > 0 ? 1 : 0;
