import { expect, test } from 'vitest';
import type { SourceSurvey } from '../../../../preload/contract/transfers.ts';
import { classRows, requestOf, UNCHANGED, withClass, withSplit } from '../../../../renderer/transfer/derive/mapping.ts';

const SURVEY: SourceSurvey = {
  ...{ format: 'coco', formats: ['coco'], images: 9, objects: 30, problem_count: 2, problems: [] },
  classes: ['cat', 'kat', 'dog'].map((name) => ({ name, images: 3, objects: 10 })),
  splits: [{ name: 'dev', images: 9, becomes: 'validation' }],
};
const SOURCE = { path: '/set', format: 'auto', images_folder: null, frames: null } as const;

const rows = (mapping = UNCHANGED, known: string[] = []) =>
  classRows(SURVEY, mapping, known).map(({ name, becomes, note }) => [name, becomes, note]);

test('classes are joined, left out, or found in the project, and it is said', () => {
  const joined = withClass(UNCHANGED, 'kat', ' cat ');

  expect(rows(joined, ['dog'])).toEqual([
    ['cat', 'cat', 'joined with another'],
    ['kat', 'cat', 'joined with another'],
    ['dog', 'dog', 'in the project'],
  ]);
  expect(rows(withClass(UNCHANGED, 'cat', null))[0]).toEqual(['cat', null, 'left out']);
});

test('a class under its own name again is not named in the request', () => {
  const there = withClass(withClass(UNCHANGED, 'kat', 'cat'), 'dog', null);
  const back = withClass(withClass(there, 'kat', 'kat'), 'dog', '');

  expect(requestOf(SOURCE, SURVEY, there).classes).toEqual([
    { from: 'kat', to: 'cat' },
    { from: 'dog', to: null },
  ]);
  expect(requestOf(SOURCE, SURVEY, back).classes).toEqual([]);
});

test('the request names the parts that were changed and expects every record', () => {
  const request = requestOf(SOURCE, SURVEY, { ...withSplit(UNCHANGED, 'dev', null), split: 'train', copy: false });

  expect(request).toEqual({
    ...SOURCE,
    ...{ split: 'train', copy: false, classes: [], splits: [{ from: 'dev', to: null }], expected: 11 },
  });
});
