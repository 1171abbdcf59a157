import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportDataset } from '../../../../main/data/export/export.ts';
import { importDataset } from '../../../../main/data/import.ts';
import { addAnnotations, type NewAnnotation } from '../../../../main/store/annotations.ts';
import { classNames } from '../../../../main/store/classes.ts';
import { addImage, imageCount, labelledImages } from '../../../../main/store/images.ts';
import type { WriteProject } from '../../../../main/store/project.ts';
import type { Shape } from '../../../../native-models/geometry/shape.ts';
import { NO_FLAGS } from '../../../../preload/contract/annotation-flags.ts';
import type { Task } from '../../../../preload/contract/tasks.ts';
import { EXPORT_FORMATS, type ExportFormatName } from '../../../../preload/contract/transfers.ts';
import { writeFolderSet, writePhoto } from '../../../kit/data-sets.ts';
import { appErrorOf } from '../../../kit/errors.ts';
import { suiteFolder, tempFolder } from '../../../kit/folders.ts';
import { newProject } from '../../../kit/projects.ts';
import { ALL_FLAGS, contentOf, HELD_FLAGS, roundTrip } from '../../../kit/round-trips.ts';

const SIZE = { width: 24, height: 18 };
const folder = suiteFolder();
const pictures = await Promise.all([0, 1, 2, 3].map((i) => writePhoto(join(folder, `${i}.png`), i, SIZE)));

const DETECTION = 'image-object-detection';
const SEGMENTATION = 'image-instance-segmentation';

const object = (class_name: string, shape: Shape, flags: Partial<NewAnnotation> = {}): NewAnnotation => ({
  ...NO_FLAGS,
  ...{ class_name, shape },
  ...flags,
});
const box = (...xyxy: [number, number, number, number]): Shape => ({ kind: 'box', xyxy });
const polygon = (outline: number[], ...holes: number[][]): Shape => ({
  kind: 'polygon',
  polygon: [{ outline, holes }],
});

/** Four pictures: one of each split with the objects, and one without a split and objects. */
function project(task: Task, objects: readonly NewAnnotation[]): WriteProject {
  const made = newProject(undefined, task);
  for (const [i, split] of (['train', 'validation', 'test', null] as const).entries()) {
    const path = `images/picture ${i}.png`;
    copyFileSync(pictures[i]!, join(made.folder, path));
    const sha256 = createHash('sha256').update(readFileSync(pictures[i]!)).digest('hex');
    const id = addImage(made.db, {
      ...{ path, storage: 'copied', source_url: `odd name ${i}.png`, sha256, size_bytes: i, format: 'png', split },
      ...{ width_px: SIZE.width, height_px: SIZE.height, created_at_ms: 1 },
    });
    addAnnotations(made.db, id, split === null ? [] : objects);
  }
  return made;
}

const BOXES = [
  object('nut', box(0.5, 0.25, 12.125, 17)),
  object('bolt, long "M8"', box(3, 2, 20, 11.5), { is_crowd: true }),
  object('nut', box(0, 0, 24, 18), { is_difficult: true, is_occluded: true, is_truncated: true }),
];
function lossesOf(format: ExportFormatName): string[] {
  const flags = ALL_FLAGS.filter((flag) => !HELD_FLAGS[format]!.includes(flag));
  return [
    ...flags.map((flag) =>
      format === 'jsonl' && flag === 'is_difficult'
        ? '3 difficult objects are written as crowds, as the format has it'
        : `3 objects are ${flag.slice(3)}, which the format does not say`,
    ),
    ...(format === 'openimages' ? ['1 images without objects are not listed'] : []),
  ];
}

describe('boxes come back from', () => {
  test.each(EXPORT_FORMATS.filter((format) => format !== 'folder'))(
    '%s as they were, and what is lost is said',
    async (format) => {
      const from = project(DETECTION, BOXES);

      const { exported, imported, back } = await roundTrip(from, format);

      const held = HELD_FLAGS[format]!;
      const lost = Object.fromEntries(ALL_FLAGS.filter((flag) => !held.includes(flag)).map((flag) => [flag, false]));
      const expected = Object.entries(contentOf(from)).flatMap(([sha, { split, objects }]) => {
        if (format === 'openimages' && objects.length === 0) return [];
        const crowd = (each: object) =>
          format === 'jsonl' && 'is_difficult' in each && each.is_difficult ? { is_crowd: true } : {};
        return [[sha, { split, objects: objects.map((each) => ({ ...each, ...lost, ...crowd(each) })) }] as const];
      });
      expect(imported).toMatchObject({ format, skipped: [], objects: { added: 9, skipped: [] } });
      expect(contentOf(back)).toEqual(Object.fromEntries(expected));
      expect(exported).toMatchObject({ images: 4, objects: 9, missing: [], warnings: [] });
      expect(exported.not_kept.toSorted()).toEqual(lossesOf(format).toSorted());
    },
  );
});

const RING = [2, 2, 14.5, 3.25, 10, 15.75];
const BOX = box(16, 1, 22, 9);
const SECOND: Shape = {
  kind: 'polygon',
  polygon: [
    { outline: [1, 1, 6, 1, 6, 6], holes: [] },
    { outline: [15, 10, 20, 10, 20, 16], holes: [] },
  ],
};
const HOLED = polygon([1, 1, 15, 1, 15, 15, 1, 15], [4, 4, 9, 4, 9, 9]);
const BITMAP: Shape = { kind: 'mask', mask: { ...SIZE, counts: [20, 10, 10, 4, 388] } };
const OTHER_BITMAP: Shape = { kind: 'mask', mask: { ...SIZE, counts: [200, 15, 217] } };

/** What each format holds as it is. */
const KEPT: readonly (readonly [ExportFormatName, readonly Shape[]])[] = [
  ['coco', [polygon(RING), BOX, SECOND, BITMAP]],
  ['yolo', [polygon(RING), BOX]],
  ['labelme', [polygon(RING), BOX, SECOND]],
  ['via', [polygon(RING), BOX]],
  ['cvat', [polygon(RING), BOX, BITMAP]],
  ['jsonl', [polygon(RING), SECOND, HOLED]],
  ['voc', [BITMAP, OTHER_BITMAP, BOX]],
];

test.each(KEPT)('outlines come back from %s as they were', async (format, shapes) => {
  const objects = shapes.map((shape, i) => object(i % 2 === 0 ? 'nut' : 'fig', shape));
  const from = project(SEGMENTATION, objects);

  const { exported, back } = await roundTrip(from, format);

  expect(contentOf(back)).toEqual(contentOf(from));
  expect(exported.not_kept).toEqual([]);
});

test.each([
  ['coco', HOLED, '3 outlines with holes are written as bitmaps'],
  ['cvat', SECOND, '3 outlines with holes or several parts are written as bitmaps'],
  ['voc', HOLED, '3 outlines are written as bitmaps'],
  ['yolo', HOLED, '3 holes are filled'],
  ['labelme', HOLED, '3 holes are filled'],
  ['via', SECOND, '3 objects of several parts are written as one object for each part'],
  ['yolo', BITMAP, '3 bitmaps are written as outlines of at most a hundred corners'],
  ['jsonl', BITMAP, '3 bitmaps are written as outlines of at most a hundred corners'],
  ['jsonl', BOX, '3 boxes are written as outlines'],
  ['csv', HOLED, '3 outlines are written as their boxes'],
  ['openimages', HOLED, '3 outlines are written as their boxes'],
] as const)('%s cannot hold every outline, which is said (%#)', async (format, shape, said) => {
  const from = project(SEGMENTATION, [object('nut', shape)]);

  const { not_kept } = await exportDataset(from, { format, out: join(tempFolder(), 'out'), withoutImages: true });

  expect(not_kept).toContain(said);
});

test.each(['jsonl', 'coco', 'csv', 'folder'] as const)('labels of whole images come back from %s', async (format) => {
  const from = newProject(undefined, 'image-classification');
  const source = tempFolder();
  await writeFolderSet(join(source, 'train'), { nut: 1 });
  await writePhoto(join(source, 'test/bolt, long/1.png'), 7);
  await importDataset(from, source, { workers: 1 });

  const { back } = await roundTrip(from, format);

  const labels = ({ db }: WriteProject) =>
    labelledImages(db).map(({ sha256, split, class_names }) => ({ sha256, split, class_names }));
  expect(labels(back).sort(byHash)).toEqual(labels(from).sort(byHash));
  expect(classNames(back.db)).toEqual(['bolt, long', 'nut']);
});

const byHash = (a: { sha256: string }, b: { sha256: string }): number => (a.sha256 < b.sha256 ? -1 : 1);

test('an export leaves nothing behind when it is cancelled, and refuses a folder that is not empty', async () => {
  const from = project(DETECTION, BOXES);
  const place = tempFolder();
  const out = join(place, 'out');

  const cancelled = await appErrorOf(() => exportDataset(from, { format: 'coco', out, signal: AbortSignal.abort() }));
  const left = readdirSync(place);
  await exportDataset(from, { format: 'coco', out, withoutImages: true });
  const refused = await appErrorOf(() => exportDataset(from, { format: 'coco', out }));

  expect([cancelled.code, left]).toEqual(['cancelled', []]);
  expect(refused.code).toBe('folder-exists');
  expect(existsSync(join(out, 'images'))).toBe(false);
  expect(readdirSync(join(out, 'annotations'))).toHaveLength(4);
});

test('a format that cannot say what the labels are is refused, with those that can', async () => {
  const error = await appErrorOf(() => exportDataset(newProject(), { format: 'yolo', out: join(tempFolder(), 'out') }));

  expect(error.message).toContain('these do: jsonl, coco, csv, folder');
});

test('pictures of one name get names of their own', async () => {
  const source = tempFolder();
  for (const [i, name] of ['a', 'b'].entries()) await writePhoto(join(source, name, 'x.png'), i);
  const from = newProject();
  await importDataset(from, source, { workers: 1 });

  const { back, out } = await roundTrip(from, 'csv');

  expect(readdirSync(join(out, 'images'))).toEqual(['x-2.png', 'x.png']);
  expect(imageCount(back.db)).toBe(2);
});
