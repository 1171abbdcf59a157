/** Documents go stale quietly: whatever they name of the repository must be there. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../build/source-files.ts';

interface Repository {
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  readonly scripts: ReadonlySet<string>;
}

const LINK = /\]\(([^)\s]+)\)/g;
const CODE = /`([^`\s]+)`/g;
const SCRIPT = /npm run (?:--silent )?([\w:]+)/g;
const SOURCE = /\.(ts|tsx|mjs|py|css|md)$/;
const IS_PATTERN = /[<*…{]|NNNN/; // `models/<name>.ts` stands for many
const TOP = /^(main|renderer|native-models|preload|build|test|docs)\//;

function repository(): Repository {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT });
  const files = new Set(listed.toString().split('\0').filter(Boolean));
  const folders = new Set<string>();
  for (const file of files) for (let at = dirname(file); at !== '.'; at = dirname(at)) folders.add(at);
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  return { files, folders, scripts: new Set(Object.keys(scripts)) };
}

const matches = (pattern: RegExp, text: string): string[] => [...text.matchAll(pattern)].map(([, found]) => found!);

/** Links, sources, folders and scripts that a document names and the repository lacks, with their lines. */
function missingIn(document: string, text: string, { files, folders, scripts }: Repository): string[] {
  const isThere = (path: string) => files.has(path) || folders.has(path.replace(/\/$/, ''));
  const endings = (path: string) => [...files].some((file) => file.endsWith(`/${path}`));
  const lacks = (name: string) => {
    if (IS_PATTERN.test(name)) return false;
    if (TOP.test(name)) return !isThere(name);
    // A test is named by its file alone where its folder is plain; so are sources beside one that is named whole.
    return SOURCE.test(name) && /\.test\.ts$|\//.test(name) && !isThere(name) && !endings(name);
  };
  return text.split('\n').flatMap((line, i) => {
    const links = matches(LINK, line)
      .filter((target) => !/^(https?:|#)/.test(target))
      .filter((target) => !isThere(posix.normalize(posix.join(dirname(document), target.split('#')[0]!))));
    const names = matches(CODE, line).filter(lacks);
    const commands = matches(SCRIPT, line).filter((script) => !scripts.has(script));
    return [...links, ...names, ...commands].map((name) => `${document}:${i + 1}: ${name}`);
  });
}

test('every link, source, test, folder and script that the documents name is there', () => {
  const here = repository();
  const documents = [...here.files].filter((file) => file.endsWith('.md'));

  const missing = documents.flatMap((file) => missingIn(file, readFileSync(join(ROOT, file), 'utf8'), here));

  expect(documents.map((file) => basename(file))).toEqual(expect.arrayContaining(['README.md', 'parity.md']));
  expect(missing).toEqual([]);
});

test('every row of parity.md that is done names what proves it', () => {
  const rows = readFileSync(join(ROOT, 'docs', 'parity.md'), 'utf8').split('\n');

  const unproven = rows.filter((row) => /\| done\b/.test(row) && !/`test\/|\.test\.ts`|`npm run /.test(row));

  expect(unproven).toEqual([]);
});

test('what is not there is told with its line', () => {
  const here = {
    files: new Set(['docs/a.md', 'main/cli.ts', 'test/main/cli.test.ts']),
    folders: new Set(['docs', 'main', 'test', 'test/main']),
    scripts: new Set(['bench']),
  };
  const text = [
    '[one](b.md) [two](../main/cli.ts#top) [three](https://example.org)',
    '`cli.test.ts` `gone.test.ts` `main/<name>.ts` `main/gone.ts` `test/gone/` `runs/score.json`',
    'npm run bench, npm run gone',
  ].join('\n');

  expect(missingIn('docs/a.md', text, here)).toEqual([
    'docs/a.md:1: b.md',
    'docs/a.md:2: gone.test.ts',
    'docs/a.md:2: main/gone.ts',
    'docs/a.md:2: test/gone/',
    'docs/a.md:3: gone',
  ]);
});
