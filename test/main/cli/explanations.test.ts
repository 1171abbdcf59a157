import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ExplanationFiles } from '../../../main/cli/explanations.ts';
import { tempFolder } from '../../kit/folders.ts';

const reply = (filename: string, labels: readonly string[]) => ({
  filename,
  probs: labels.map(() => 0.5),
  labels,
  explanations: labels.map((label) => {
    return { label, probability: 0.5, method: 'xrai', picture: Buffer.from(label), attribution: null } as const;
  }),
});

test('every class of every image has a file of its own, inside the folder whatever the names', () => {
  const folder = join(tempFolder(), 'pictures');
  const files = new ExplanationFiles(folder);

  const first = files.write(reply('a/cat.jpg', ['sea', '../../etc/passwd']));
  const second = files.write(reply('b/cat.png', ['sea']));
  const third = files.write(reply('..', ['..']));

  expect(readdirSync(folder).sort()).toEqual(
    ['cat.sea.xrai.png', 'cat._etc_passwd.xrai.png', 'cat-2.sea.xrai.png', '_._.xrai.png'].sort(),
  );
  const written = [first, second, third].flatMap((each) => ('error' in each ? [] : (each.explanations ?? [])));
  expect(written.map(({ label, file }) => [label, readFileSync(file, 'utf8')])).toEqual(
    written.map(({ label }) => [label, label]),
  );
  expect(Object.keys(written[0]!)).toEqual(['label', 'probability', 'method', 'file']);
});

test('what was not explained is passed on as it is', () => {
  const unread = { filename: 'x.jpg', error: { code: 'image-missing', message: 'x.jpg: there is no such file' } };

  expect(new ExplanationFiles(tempFolder()).write(unread)).toBe(unread);
});
