/** Random labels that go out and come back: what a format holds is as it was, and whatever is not, is said. */

import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportDataset } from '../../../../main/data/export/export.ts';
import { addAnnotations, type NewAnnotation } from '../../../../main/store/annotations.ts';
import { addImage } from '../../../../main/store/images.ts';
import type { WriteProject } from '../../../../main/store/project.ts';
import { type Rng, rngFrom } from '../../../../native-models/core/rng.ts';
import { maskFromBitmap } from '../../../../native-models/geometry/mask.ts';
import type { Ring } from '../../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../../native-models/geometry/shape.ts';
import { NO_FLAGS } from '../../../../preload/contract/annotation-flags.ts';
import type { Task } from '../../../../preload/contract/tasks.ts';
import { EXPORT_FORMATS, type ExportFormatName } from '../../../../preload/contract/transfers.ts';
import { writePhoto } from '../../../kit/data-sets.ts';
import { suiteFolder, tempFolder } from '../../../kit/folders.ts';
import { newProject } from '../../../kit/projects.ts';
import { type ALL_FLAGS, contentOf, HELD_FLAGS, roundTrip } from '../../../kit/round-trips.ts';

const SIZE = { width: 40, height: 30 };
const IMAGES = 12;
const NAMES = [
  'nut',
  'bolt, long "M8"',
  'größe <3> & mehr',
  "l'été",
  '7',
  'a/b: c; d|e',
  'two  spaces',
  '#hash',
  '=sum',
];
const SPLITS = ['train', 'validation', 'test', null] as const;

const folder = suiteFolder();
const pictures = await Promise.all(
  Array.from({ length: IMAGES }, (_, i) => writePhoto(join(folder, `${i}.png`), i + 1, SIZE)),
);

const between = (rng: Rng, from: number, to: number): number => from + rng.uniform() * (to - from);
const pick = <T>(rng: Rng, values: readonly T[]): T => values[rng.integer(values.length)]!;

/** Shapes in a strip of the picture, so that those of two strips do not touch. */
type MakeShape = (rng: Rng, left: number, right: number) => Shape;

const box: MakeShape = (rng, left, right) => {
  const [x, y] = [between(rng, left, right - 2), between(rng, 0, SIZE.height - 2)];
  return { kind: 'box', xyxy: [x, y, between(rng, x + 1, right), between(rng, y + 1, SIZE.height)] };
};

/** Corners round a middle, in order of their angle. */
function ring(rng: Rng, [x0, y0, x1, y1]: readonly [number, number, number, number]): Ring {
  const corners = 3 + rng.integer(6);
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * (i + 0.8 * rng.uniform())) / corners;
    const [rx, ry] = [between(rng, 0.5, 1) * (cx - x0), between(rng, 0.5, 1) * (cy - y0)];
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  }).flat();
}

const polygon: MakeShape = (rng, left, right) => ({
  kind: 'polygon',
  polygon: [{ outline: ring(rng, [left, 1, right, SIZE.height - 1]), holes: [] }],
});

const parts: MakeShape = (rng, left, right) => ({
  kind: 'polygon',
  polygon: [
    { outline: ring(rng, [left, 1, right, 13]), holes: [] },
    { outline: ring(rng, [left, 16, right, 29]), holes: [] },
  ],
});

const holed: MakeShape = (rng, left, right) => ({
  kind: 'polygon',
  polygon: [
    {
      outline: [left, 1, right, 1, right, 29, left, 29],
      holes: [ring(rng, [left + 2, 4, right - 2, 26])],
    },
  ],
});

const bitmap: MakeShape = (rng, left, right) => {
  const bits = new Uint8Array(SIZE.width * SIZE.height);
  for (let at = 0; at < bits.length; at++) {
    const x = at % SIZE.width;
    if (x >= left && x < right && rng.uniform() < 0.6) bits[at] = 1;
  }
  return { kind: 'mask', mask: maskFromBitmap(bits, SIZE) };
};

interface Kind {
  readonly task: Task;
  readonly shapes: readonly MakeShape[];
  readonly flags: readonly (typeof ALL_FLAGS)[number][];
  /** Sources give areas that are not those of the shapes. */
  readonly hasAreas?: boolean;
}

/** Every image with up to four objects, each in a strip of its own. */
function randomProject({ task, shapes, flags, hasAreas = false }: Kind, rng: Rng): WriteProject {
  const project = newProject(undefined, task);
  for (const [i, picture] of pictures.entries()) {
    const path = `images/${i}.png`;
    copyFileSync(picture, join(project.folder, path));
    const sha256 = createHash('sha256').update(readFileSync(picture)).digest('hex');
    const id = addImage(project.db, {
      ...{ path, storage: 'copied', source_url: `${pick(rng, NAMES)} ${i % 3}.png`, sha256, size_bytes: 1 },
      ...{ format: 'png', split: pick(rng, SPLITS), created_at_ms: 1 },
      ...{ width_px: SIZE.width, height_px: SIZE.height },
    });
    const objects: NewAnnotation[] = Array.from({ length: i === 0 ? 0 : rng.integer(5) }, (_, strip) => ({
      ...NO_FLAGS,
      ...Object.fromEntries(flags.map((flag) => [flag, rng.uniform() < 0.3])),
      ...{ class_name: pick(rng, NAMES), shape: pick(rng, shapes)(rng, 10 * strip + 1, 10 * strip + 9) },
      ...(hasAreas ? { area_px2: between(rng, 1, 50) } : {}),
    }));
    addAnnotations(project.db, id, objects);
  }
  return project;
}

const DETECTION = 'image-object-detection';
const SEGMENTATION = 'image-instance-segmentation';

const tried = (project: WriteProject, format: ExportFormatName) =>
  exportDataset(project, { format, out: join(tempFolder(), 'out'), dryRun: true });

/** The shapes that a format holds as they are where objects have outlines; of others, boxes alone. */
const HELD_SHAPES: Partial<Record<ExportFormatName, readonly MakeShape[]>> = {
  coco: [box, polygon, parts, bitmap],
  yolo: [box, polygon],
  labelme: [box, polygon, parts],
  via: [box, polygon],
  cvat: [box, polygon, bitmap],
  jsonl: [polygon, parts, holed],
  voc: [box, bitmap],
};
const OBJECT_FORMATS = EXPORT_FORMATS.filter((format) => format !== 'folder');

/** Without images that have no object where a format has no way to name them; objects in any order. */
function sorted(content: ReturnType<typeof contentOf>, format: ExportFormatName): object {
  const inOrder = (objects: readonly object[]) => objects.map((object) => JSON.stringify(object)).sort();
  const all = Object.entries(content).map(([sha, { split, objects }]) => [sha, split, ...inOrder(objects)]);
  return all.filter(([, , object]) => format !== 'openimages' || object !== undefined).sort();
}

describe('random labels that a format holds come back as they were from', () => {
  test.each(OBJECT_FORMATS)('%s, boxes', async (format) => {
    const flags = HELD_FLAGS[format]!;
    const from = randomProject({ task: DETECTION, shapes: [box], flags }, rngFrom(1, format));

    const { exported, back } = await roundTrip(from, format);

    expect(sorted(contentOf(back), format)).toEqual(sorted(contentOf(from), format));
    expect(exported.not_kept.filter((text) => !text.endsWith('images without objects are not listed'))).toEqual([]);
  });

  test.each(Object.entries(HELD_SHAPES) as [ExportFormatName, readonly MakeShape[]][])(
    '%s, outlines',
    async (format, shapes) => {
      const flags = HELD_FLAGS[format]!;
      const from = randomProject({ task: SEGMENTATION, shapes, flags }, rngFrom(2, format));

      const { exported, back } = await roundTrip(from, format);

      expect(sorted(contentOf(back), format)).toEqual(sorted(contentOf(from), format));
      expect(exported.not_kept).toEqual([]);
    },
  );
});

describe('what a format does not hold is said by every one', () => {
  const features = { box, polygon, parts, holed, bitmap };
  test.each(Object.entries(features))('of outlines: %s', async (name, shape) => {
    const from = randomProject({ task: SEGMENTATION, shapes: [shape], flags: [] }, rngFrom(3, name));
    const unable = OBJECT_FORMATS.filter((format) => !(HELD_SHAPES[format] ?? [box]).includes(shape));

    const silent: string[] = [];
    for (const format of unable) if ((await tried(from, format)).not_kept.length === 0) silent.push(format);

    expect(silent).toEqual([]);
  });

  test('of areas that are not those of the shapes', async () => {
    const from = randomProject({ task: DETECTION, shapes: [box], flags: [], hasAreas: true }, rngFrom(4));

    const saying: string[] = [];
    for (const format of OBJECT_FORMATS) {
      const { not_kept } = await tried(from, format);
      if (not_kept.some((text) => text.includes('other areas than their shapes'))) saying.push(format);
    }

    expect(saying).toEqual(OBJECT_FORMATS.filter((format) => format !== 'coco'));
  });
});
