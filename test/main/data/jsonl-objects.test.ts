import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { annotationsOf } from '../../../main/store/annotations.ts';
import { maskArea } from '../../../native-models/geometry/mask.ts';
import { shapeMask } from '../../../native-models/geometry/shape.ts';
import type { Task } from '../../../preload/contract/tasks.ts';
import { objectsByImage, writeJsonl, writePhoto } from '../../kit/data-sets.ts';
import { tempFolder } from '../../kit/folders.ts';
import { newProject } from '../../kit/projects.ts';

const SIZE = { width: 40, height: 20 };

/** Imports the text of a JSON Lines file beside three pictures of 40 x 20. */
async function imported(text: string | readonly unknown[], task: Task = 'image-object-detection') {
  const folder = tempFolder();
  for (const n of [1, 2, 3]) await writePhoto(join(folder, `images/${n}.png`), n, SIZE);
  const file = join(folder, 'train.jsonl');
  if (typeof text === 'string') writeFileSync(file, text);
  else writeJsonl(file, text);
  const project = newProject(undefined, task);
  const report = await importDataset(project, file, { imagesFolder: join(folder, 'images') });
  return { project, report, file };
}

const boxOf = (topX: unknown, topY: unknown, bottomX: unknown, bottomY: unknown, isCrowd: unknown = 0) => ({
  label: 'can',
  ...{ topX, topY, bottomX, bottomY, isCrowd },
});

test('boxes of the schema come in as pixels, crowds as crowds, an empty list as an image without objects', async () => {
  const { project, report } = await imported([
    { image_url: '1.png', image_details: { width: '40px', height: 20 }, label: [boxOf(0.1, 0.25, 0.5, 1)] },
    { image_url: '2.png', label: [boxOf(0, 0, 1, 1, 1), { ...boxOf(0.5, 0, 0.75, 0.1), label: 'milk_bottle' }] },
    { image_url: '3.png', label: [] },
  ]);

  expect(objectsByImage(project)).toEqual({
    '1.png': ['can box 4,5,20,20'],
    '2.png': ['can box 0,0,40,20 crowd', 'milk_bottle box 20,0,30,2'],
    '3.png': [],
  });
  expect(report).toMatchObject({
    ...{ read: 3, added: 3, skipped: [], repaired: [], without_class: 1 },
    objects: { read: 3, added: 3, dropped: 0, skipped: [] },
    classes: { can: 2, milk_bottle: 1 },
    object_counts: { can: 2, milk_bottle: 1 },
  });
});

const SEED_VARIANT = `{
   "image_url":"AmlDatastore://data_directory/1.png",
   "image_details":{
      "format":"png",
      "width":"40px",
      "height":"20px"
   },
   "label":{
      "label":"cat",
      "topX":"1",
      "topY":"0",
      "bottomX":"0",
      "bottomY":"1",
      "isCrowd":"true",
   }
}
{"image_url": "2.png", "label": {"label": "dog", "topX": "0.25", "topY": "0", "bottomX": "0.5", "bottomY": "0.5", "isCrowd": "false",},}
`;

test("the seed's variants are read: a lone object, text, trailing commas, several lines, corners the other way", async () => {
  const { project, report, file } = await imported(SEED_VARIANT);

  expect(objectsByImage(project)).toEqual({
    'AmlDatastore://data_directory/1.png': ['cat box 0,0,40,20 crowd'],
    '2.png': ['dog box 10,0,20,10'],
  });
  expect(report).toMatchObject({ read: 2, added: 2, skipped: [] });
  expect(report.repaired).toEqual([
    `${file}:1: an object over several lines; read as one line`,
    `${file}:1: commas before a closing bracket left out`,
    `${file}:1: label: taken for a list of this one object`,
    `${file}:1: isCrowd: given as text`,
    `${file}:1: coordinates: given as text`,
    `${file}:1: label: corners put in order`,
    `${file}:17: commas before a closing bracket left out`,
    `${file}:17: label: taken for a list of this one object`,
    `${file}:17: isCrowd: given as text`,
    `${file}:17: coordinates: given as text`,
  ]);
});

test('a list of records is read as its entries', async () => {
  const entry = (n: number) => ({ image_url: `${n}.png`, label: [boxOf(0, 0, 0.5, 0.5)] });
  const { report } = await imported(JSON.stringify([entry(1), entry(2)], null, 2));

  expect(report).toMatchObject({ read: 2, added: 2, skipped: [], objects: { added: 2 } });
});

test('an object that never ends is told by its line and swallows no other', async () => {
  const good = JSON.stringify({ image_url: '2.png', label: [boxOf(0, 0, 0.5, 0.5)] });
  const { report, file } = await imported(`{"image_url": "1.png",\n  "label": [{"label": "can"\n${good}\n`);

  expect(report).toMatchObject({ read: 2, added: 1, skipped: [{ where: `${file}:1`, code: 'bad-json' }] });
});

test('objects that cannot be used are told by line, place and field, and cost no other', async () => {
  const { project, report, file } = await imported([
    {
      image_url: '1.png',
      label: [
        boxOf(0.1, 0.1, 0.1, 0.5),
        boxOf(0.1, 0.1, 0.2, 'x'),
        { label: 'can', topX: 0, topY: 0, bottomX: 1 },
        boxOf(3, 0, 10, 10),
        { ...boxOf(0, 0, 1, 1), label: '' },
        boxOf(0, 0, 1, 1, 'maybe'),
        boxOf(1.1, 0, 1.2, 1),
        boxOf(0.5, 0.5, 1.1, 1),
      ],
    },
    { image_url: '2.png', label: 'can' },
  ]);

  expect(objectsByImage(project)).toEqual({ '1.png': ['can box 20,10,40,20'] });
  const reasons = report.objects.skipped.map(({ where, reason }) => `${where.slice(file.length)} ${reason}`);
  expect(reasons.sort()).toEqual([
    ':1: label[0] expected a shape with an area, got box from (4, 2) to (4, 10)',
    ':1: label[1] bottomY: expected a number, got a string ("x")',
    ':1: label[2] expected bottomY, got none',
    ':1: label[3] topX: expected a fraction of the image from 0 to 1, got 3',
    ':1: label[4] label: expected a class name as text, got a string ("")',
    ':1: label[5] isCrowd: expected true, false, 1 or 0, got a string ("maybe")',
    ':1: label[6] box from (44, 0) to (48, 20) lies outside the image of 40 x 20',
  ]);
  expect(report.repaired).toEqual([`${file}:1: label[7]: reached 4 px beyond the image; cut at its border`]);
  expect(report).toMatchObject({
    objects: { read: 8, added: 1 },
    skipped: [{ where: `${file}:2`, reason: 'label: expected a list of objects, got a string ("can")' }],
  });
});

const square = (from: number, to: number) => [from, from, to, from, to, to, from, to];

test('outlines inside outlines are holes, and what crossing outlines share is left out', async () => {
  const polygon = (...rings: number[][]) => [{ label: 'can', isCrowd: 0, bbox: 'null', polygon: rings }];
  const { project } = await imported(
    [
      { image_url: '1.png', label: polygon(square(0.1, 0.9), square(0.2, 0.4)) },
      { image_url: '2.png', label: polygon(square(0, 0.2), square(0.5, 0.8)) },
      { image_url: '3.png', label: polygon(square(0, 0.5), square(0.25, 0.75)) },
    ],
    'image-instance-segmentation',
  );

  const [hole, parts, crossing] = [1, 2, 3].map((id) => annotationsOf(project.db, id)[0]!.shape);

  expect(hole).toMatchObject({ kind: 'polygon', polygon: [{ holes: [[8, 4, 16, 4, 16, 8, 8, 8]] }] });
  expect(parts).toMatchObject({ kind: 'polygon', polygon: [{ holes: [] }, { holes: [] }] });
  // Two rectangles of 20 x 10 pixels which share 10 x 5.
  expect(maskArea(shapeMask(crossing!, SIZE))).toBe(2 * (200 - 50));
});

test('an outline in a project for boxes is its box, which is said', async () => {
  const label = [{ label: 'can', polygon: [[0.1, 0.1, 0.5, 0.2, 0.3, 0.9]] }];
  const { project, report } = await imported([{ image_url: '1.png', label }]);

  expect(objectsByImage(project)).toEqual({ '1.png': ['can box 4,2,20,18'] });
  expect(report.warnings).toContain('objects with an outline are kept as their boxes (1 images)');
});

test('an import that is repeated adds nothing, and other objects of the same picture are refused', async () => {
  const record = { image_url: '1.png', label: [boxOf(0.1, 0.2, 0.3, 0.4), boxOf(0, 0, 1, 1)] };
  const { project, report, file } = await imported([record]);
  const options = { imagesFolder: join(file, '../images') };

  const again = await importDataset(project, file, options);
  writeJsonl(file, [{ ...record, label: record.label.slice(1) }]);
  const other = await importDataset(project, file, options);

  expect(report.objects).toMatchObject({ read: 2, added: 2, already_present: 0 });
  expect(again).toMatchObject({ added: 0, already_present: 1, objects: { read: 2, added: 0, already_present: 2 } });
  expect(other).toMatchObject({ added: 0, skipped: [{ code: 'bad-annotation' }] });
  expect(other.skipped[0]!.reason).toBe('1 objects: the same picture as 1.png, which has other objects (2)');
});
