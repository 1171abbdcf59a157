import { expect, test } from 'vitest';
import { classCounts, classNames, ensureClass } from '../../../main/store/classes.ts';
import { addImage, imageById, labelledImages, negativeCount } from '../../../main/store/images.ts';
import { labelsOf, setLabels } from '../../../main/store/labels.ts';
import { newProject } from '../../kit/projects.ts';

const image = {
  path: 'images/a.jpg',
  storage: 'copied',
  source_url: 'a.jpg',
  sha256: 'a'.repeat(64),
  size_bytes: 1,
  width_px: 4,
  height_px: 3,
  format: 'jpeg',
  split: 'test',
  created_at_ms: 1,
} as const;

test('class names come in code point order, each once', () => {
  const { db } = newProject();

  for (const name of ['b', 'Z', '10', '2', 'b']) ensureClass(db, name);

  expect(classNames(db)).toEqual(['10', '2', 'Z', 'b']);
});

test('the labels of a picture are a set, which a later one replaces', () => {
  const { db } = newProject();
  const id = addImage(db, image);

  setLabels(db, id, ['bolt', 'screw']);
  setLabels(db, id, ['nut', 'Zinc', 'nut']);

  expect(labelsOf(db, id)).toEqual(['Zinc', 'nut']);
  expect(classCounts(db)).toEqual({ Zinc: 1, bolt: 0, nut: 1, screw: 0 });
  expect(labelledImages(db)).toMatchObject([{ ...image, id, is_labelled: true, class_names: ['Zinc', 'nut'] }]);
});

test('a picture without a class is a negative once it is labelled, and not labelled before', () => {
  const { db } = newProject();
  const id = addImage(db, image);
  const before = { labelled: labelledImages(db), negatives: negativeCount(db), row: imageById(db, id) };

  setLabels(db, id, []);

  expect(before).toMatchObject({ labelled: [], negatives: 0, row: { is_labelled: false } });
  expect(labelledImages(db)).toMatchObject([{ id, class_names: [] }]);
  expect(negativeCount(db)).toBe(1);
});
