import { expect, test } from 'vitest';
import { classCounts, classNames, ensureClass } from '../../../main/store/classes.ts';
import { addImage, labelledImages } from '../../../main/store/images.ts';
import { addLabel, labelsOf } from '../../../main/store/labels.ts';
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

test('giving a picture the same class twice counts once', () => {
  const { db } = newProject();
  const id = addImage(db, image);

  for (let i = 0; i < 2; i++) addLabel(db, id, ensureClass(db, 'nut'));
  ensureClass(db, 'bolt');

  expect(labelsOf(db, id)).toEqual(['nut']);
  expect(classCounts(db)).toEqual({ bolt: 0, nut: 1 });
  expect(labelledImages(db)).toEqual([{ ...image, id, class_name: 'nut' }]);
});
