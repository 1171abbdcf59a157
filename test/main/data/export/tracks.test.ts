import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { editData } from '../../../../main/data/edit-data.ts';
import { exportDataset } from '../../../../main/data/export/export.ts';
import { importDataset } from '../../../../main/data/import.ts';
import {
  addAnnotations,
  annotatedImages,
  annotationsOf,
  type NewAnnotation,
} from '../../../../main/store/annotations.ts';
import { setSplit } from '../../../../main/store/image-edits.ts';
import { imageById } from '../../../../main/store/images.ts';
import type { WriteProject } from '../../../../main/store/project.ts';
import { addTrack, framesOf, sequenceName } from '../../../../main/store/sequences.ts';
import type { Xyxy } from '../../../../native-models/geometry/box.ts';
import type { Shape } from '../../../../native-models/geometry/shape.ts';
import { NO_FLAGS } from '../../../../preload/contract/annotation-flags.ts';
import type { TrackRole } from '../../../../preload/contract/labelling.ts';
import type { Task } from '../../../../preload/contract/tasks.ts';
import { EXPORT_FORMATS } from '../../../../preload/contract/transfers.ts';
import { writePhoto } from '../../../kit/data-sets.ts';
import { appErrorOf } from '../../../kit/errors.ts';
import { suiteFolder, tempFolder } from '../../../kit/folders.ts';
import { newProject } from '../../../kit/projects.ts';
import { roundTrip } from '../../../kit/round-trips.ts';

const MOST_FRAMES = 12;
const pictures = join(suiteFolder(), 'walk');
for (let i = 0; i < MOST_FRAMES; i++) await writePhoto(join(pictures, `${i}.png`), i, { width: 60, height: 40 });

/** A project with so many frames, of which each so manieth is taken; `walk` is the sequence of the first. */
async function walk(every = 1, task: Task = 'image-object-detection'): Promise<WriteProject> {
  const project = newProject(undefined, task);
  await importDataset(project, pictures, { format: 'sequence', frames: { choice: { every } }, workers: 1 });
  return project;
}

type Key = readonly [number: number, xyxy: Xyxy, role?: TrackRole, more?: Partial<NewAnnotation>];

/** Sets key frames of a new track. */
function follow({ db }: WriteProject, ...keys: readonly Key[]): void {
  const id = addTrack(db, 1);
  const images = new Map(framesOf(db, 1).map(({ imageId, number }) => [number, imageId]));
  for (const [number, xyxy, role = 'key', more = {}] of keys) {
    const shape = { kind: 'box', xyxy } as const;
    addAnnotations(db, images.get(number)!, [{ ...NO_FLAGS, class_name: 'car', shape, track: { id, role }, ...more }]);
  }
}

const fill = (project: WriteProject) => editData(project, { kind: 'fill-tracks', sequence_id: 1, track_ids: null });

/** What a sequence says, track by track and frame by frame; objects of no track last. */
function told({ db }: WriteProject, sequence = 1): Record<string, string[]> {
  const names = new Map<number, string>();
  const lines: Record<string, string[]> = {};
  for (const { imageId, number } of framesOf(db, sequence)) {
    for (const { class_name, shape, xyxy, track, source, ...flags } of annotationsOf(db, imageId)) {
      if (track) names.set(track.id, names.get(track.id) ?? `track ${names.size + 1}`);
      const marks = Object.entries(flags).flatMap(([flag, isSet]) => (isSet === true ? [flag.slice(3)] : []));
      const box = xyxy.map((side) => Math.round(side * 100) / 100).join();
      const line = [number, track?.role ?? shape.kind, class_name, box, ...(source ? [source] : []), ...marks];
      const name = track ? names.get(track.id)! : 'alone';
      lines[name] = [...(lines[name] ?? []), line.join(' ')];
    }
  }
  return lines;
}

describe('tracks come back from CVAT', () => {
  test('with key frames, what lies between, gaps, flags and several at once', async () => {
    const from = await walk();
    follow(
      from,
      [0, [0, 0, 10, 10]],
      [4, [8, 4, 22, 14]],
      [6, [8, 4, 22, 14], 'end'],
      [9, [30, 9, 40, 19]],
      [11, [34, 9, 44, 19]],
    );
    follow(
      from,
      [2, [1, 2, 3, 4], 'key', { is_occluded: true }],
      [5, [4, 2, 6, 4], 'key', { is_truncated: true }],
      [8, [7, 2, 9, 4], 'end'],
    );
    fill(from);

    const { exported, imported, back, out } = await roundTrip(from, 'cvat');

    expect(told(back)).toEqual(told(from));
    expect(told(back)['track 1']!.length).toBe(7 + 3);
    expect(sequenceName(back.db, 1)).toBe('walk');
    expect(exported.not_kept).toEqual([]);
    expect(imported).toMatchObject({ added: 12, skipped: [], repaired: [], objects: { skipped: [] } });
    const xml = readFileSync(join(out, 'walk/annotations.xml'), 'utf8');
    expect(xml).toContain('<box frame="7" outside="1" occluded="0" keyframe="1" xtl="8" ytl="4" xbr="22" ybr="14">');
    expect(xml).toContain('<box frame="3" outside="0" occluded="1" keyframe="0" xtl="2" ytl="2" xbr="4" ybr="4">');
  });

  test('with the numbers of frames of which some were left out, and their steps', async () => {
    const from = await walk(3);
    follow(from, [0, [0, 0, 10, 10]], [6, [6, 0, 16, 10], 'end']);
    fill(from);

    const { exported, back, out } = await roundTrip(from, 'cvat');

    expect(told(back)).toEqual({
      'track 1': ['0 key car 0,0,10,10', '3 between car 3,0,13,10 interpolated', '6 end car 6,0,16,10'],
    });
    expect(framesOf(back.db, 1).map(({ number }) => number)).toEqual([0, 3, 6]);
    const xml = readFileSync(join(out, 'walk/annotations.xml'), 'utf8');
    expect(xml).toContain('<start_frame>0</start_frame><stop_frame>9</stop_frame><frame_filter>step=3</frame_filter>');
    expect(xml).toContain('frame="9" outside="1"');
    expect(exported.not_kept).toEqual([]);
  });

  test('beside objects of no track, which are there on their frame alone, on the last one too', async () => {
    const from = await walk(1, 'image-instance-segmentation');
    const alone = (shape: Shape, class_name = 'fig') => ({ ...NO_FLAGS, class_name, shape });
    follow(from, [3, [0, 0, 10, 10]]);
    const outline = { outline: [2, 2, 14.5, 3.25, 10, 15.75], holes: [] };
    addAnnotations(from.db, 4, [
      alone({ kind: 'box', xyxy: [1, 1, 9, 9] }),
      alone({ kind: 'polygon', polygon: [outline] }),
    ]);
    addAnnotations(from.db, 12, [
      alone({ kind: 'box', xyxy: [1, 1, 9, 9] }),
      alone({ kind: 'mask', mask: { width: 60, height: 40, counts: [90, 10, 30, 10, 2260] } }, 'nut'),
    ]);

    const { exported, imported, back } = await roundTrip(from, 'cvat');

    expect(told(back)).toEqual(told(from));
    expect(told(back)).toMatchObject({ 'track 1': ['3 key car 0,0,10,10'], alone: { length: 4 } });
    expect(exported.not_kept).toEqual([]);
    expect(imported).toMatchObject({ added: 2, skipped: [], objects: { added: 5, skipped: [] } });
  });

  test('with splits, frame by frame, beside images that are no frames', async () => {
    const from = await walk();
    follow(from, [0, [0, 0, 10, 10]], [3, [3, 0, 13, 10]]);
    fill(from);
    setSplit(from.db, [1, 2], 'train');
    setSplit(from.db, [3], 'validation');
    const still = join(tempFolder(), 'still');
    await writePhoto(join(still, 'images', 'x.png'), 99);
    const xml =
      '<annotations><image name="x.png"><box label="nut" xtl="1" ytl="1" xbr="9" ybr="9"/></image></annotations>';
    writeFileSync(join(still, 'annotations.xml'), xml);
    await importDataset(from, still, { workers: 1, split: 'test' });

    const { back } = await roundTrip(from, 'cvat');

    const splits = (project: WriteProject) =>
      framesOf(project.db, 1).map(({ imageId }) => imageById(project.db, imageId)!.split);
    expect(splits(back)).toEqual(['train', 'train', 'validation', null]);
    expect(told(back)).toEqual(told(from));
  });
});

test('what CVAT has no way to say of tracks is counted', async () => {
  const from = await walk();
  const truck = { class_name: 'truck' };
  follow(from, [0, [0, 0, 10, 10]], [4, [4, 0, 14, 10], 'key', truck], [6, [6, 0, 16, 10], 'end', truck]);
  follow(from, [2, [0, 0, 5, 5], 'end']);
  follow(from, [8, [0, 0, 5, 5]], [11, [0, 0, 5, 5], 'end']);
  addAnnotations(from.db, 2, []);

  const { exported, imported, back } = await roundTrip(from, 'cvat');

  expect(exported.not_kept.toSorted()).toEqual([
    '1 ends of tracks on the last frame, which the format does not say',
    '1 frames without objects, which come back without labels',
    '1 tracks change their class, and are written as a track for each class',
    '1 tracks of one frame, which come back as objects of no track',
    '2 boxes between key frames are not filled in, and come back as if they were',
  ]);
  expect(told(back)).toEqual({
    'track 1': ['0 key car 0,0,10,10', '1 between car 1,0,11,10 interpolated', '2 end car 2,0,12,10'],
    'track 2': ['4 key truck 4,0,14,10', '6 end truck 6,0,16,10'],
    'track 3': ['8 key car 0,0,5,5', '11 key car 0,0,5,5'],
    alone: ['2 box car 0,0,5,5'],
  });
  expect(imported.warnings.filter((text) => text.includes('frames;'))).toEqual([]);
});

test('a sequence of frames of several sizes is written as images, as CVAT has videos of one size', async () => {
  const folder = join(tempFolder(), 'odd');
  for (const [i, width] of [24, 30].entries()) await writePhoto(join(folder, `${i}.png`), i, { width, height: 18 });
  const from = newProject(undefined, 'image-object-detection');
  await importDataset(from, folder, { format: 'sequence', workers: 1 });
  follow(from, [0, [0, 0, 10, 10]], [1, [3, 0, 13, 10]]);

  const { exported, imported } = await roundTrip(from, 'cvat');

  expect(exported.not_kept).toEqual(['2 boxes are of a track, which the format does not say']);
  expect(imported).toMatchObject({ added: 2, objects: { added: 2 } });
});

describe('boxes that were filled in are boxes like any other', () => {
  const formats = EXPORT_FORMATS.filter((format) => format !== 'folder' && format !== 'cvat');

  test.each(formats)('in %s, which says that it has no tracks', async (format) => {
    const from = await walk();
    follow(from, [0, [0, 0, 10, 10]], [3, [6, 3, 16, 13]]);
    fill(from);

    const { exported, back } = await roundTrip(from, format);

    const objects = [...annotatedImages(back.db)].flatMap(({ annotations }) => annotations);
    const boxes = objects.map(({ xyxy }) => xyxy.map((side) => Math.round(side * 100) / 100)).sort();
    expect(boxes).toEqual([
      [0, 0, 10, 10],
      [2, 1, 12, 11],
      [4, 2, 14, 12],
      [6, 3, 16, 13],
    ]);
    expect(objects.some(({ track }) => track !== undefined)).toBe(false);
    expect(exported.not_kept).toEqual([
      '4 boxes are of a track, which the format does not say',
      '2 boxes lie between key frames, and are written as any box',
    ]);
  });

  test('and folders hold no objects at all', async () => {
    const from = newProject();

    const { not_kept } = await exportDataset(from, { format: 'folder', out: join(tempFolder(), 'out') });

    expect(not_kept).toEqual([]);
    const refused = await appErrorOf(async () =>
      exportDataset(await walk(), { format: 'folder', out: join(tempFolder(), 'out') }),
    );
    expect(refused.code).toBe('bad-argument');
  });
});

test('a picture is named as such, whatever its frame was called', async () => {
  const from = await walk();
  from.db.prepare("UPDATE images SET source_url = '/videos/clip.mp4 frame 10' WHERE id = 1").run();
  addAnnotations(from.db, 1, []);
  const out = join(tempFolder(), 'out');

  await exportDataset(from, { format: 'coco', out });

  expect(readdirSync(join(out, 'images/unassigned'))).toEqual(['clip.mp4 frame 10.png']);
});
