import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { decode } from '../../../main/images/decode.ts';
import type { Pixels } from '../../../main/images/pixels.ts';
import { annotatedImages } from '../../../main/store/annotations.ts';
import { imageFile } from '../../../main/store/images.ts';
import type { Xyxy } from '../../../native-models/geometry/box.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import type { Task } from '../../../preload/contract/tasks.ts';
import { tempFolder } from '../../kit/folders.ts';
import { encoder, picture, storedPicture } from '../../kit/pictures.ts';
import { newProject } from '../../kit/projects.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';

/** What a viewer sees: a bright object on a dark ground. */
const UPRIGHT = { width: 48, height: 32 };
const SEEN: Xyxy = [8, 16, 24, 24];
const [BRIGHT, DARK] = [240, 20];

const isInside = (x: number, y: number, [x0, y0, x1, y1]: Xyxy) => x >= x0 && x < x1 && y >= y0 && y < y1;

const photograph = picture(UPRIGHT.width, UPRIGHT.height, (x, y) => {
  const grey = isInside(x, y, SEEN) ? BRIGHT : DARK;
  return [grey, grey, grey];
});

/** The bright object's box in any picture. */
function brightBox({ width, height, data }: Pixels): Xyxy {
  const bright = Array.from({ length: width * height }, (_, at) => at).filter((at) => data[3 * at]! > 130);
  const [xs, ys] = [bright.map((at) => at % width), bright.map((at) => Math.floor(at / width))];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
}

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8];
/** Those that exchange the sides, so that a claimed size tells how the picture was looked at. */
const TRANSPOSED = ORIENTATIONS.filter((orientation) => orientation >= 5);

/** The photograph in a file of each orientation, called by it, with annotations beside. */
async function turnedSet(
  orientations: readonly number[],
  annotations: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = tempFolder();
  mkdirSync(join(folder, 'images'));
  for (const orientation of orientations) {
    const stored = encoder(storedPicture(orientation, photograph)).withMetadata({ orientation });
    const bytes = await stored.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    writeFileSync(join(folder, 'images', `${orientation}.jpg`), bytes);
  }
  for (const [name, text] of Object.entries(annotations)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

interface Drawn {
  readonly size: { readonly width: number; readonly height: number };
  readonly box: Xyxy;
}

/** What a tool writes that shows pictures as they lie in the file. */
function drawnAsStored(orientation: number): Drawn {
  const stored = storedPicture(orientation, photograph);
  return { size: { width: stored.width, height: stored.height }, box: brightBox(stored) };
}

const cornersOf = ([x0, y0, x1, y1]: Xyxy): number[] => [x0, y0, x1, y0, x1, y1, x0, y1];

interface Named extends Drawn {
  readonly name: string;
  readonly segmentation?: unknown;
}

const cocoOf = (all: readonly Named[]): string =>
  JSON.stringify({
    images: all.map(({ name, size }, id) => ({ id, file_name: name, ...size })),
    annotations: all.map(({ box: [x0, y0, x1, y1], segmentation }, id) => {
      return { id, image_id: id, category_id: 1, bbox: [x0, y0, x1 - x0, y1 - y0], segmentation };
    }),
    categories: [{ id: 1, name: 'lamp' }],
  });

function vocOf({ name, size, box: [xmin, ymin, xmax, ymax] }: Named): string {
  const sides = `<size><width>${size.width}</width><height>${size.height}</height></size>`;
  const box = `<bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>`;
  return `<annotation><filename>${name}</filename>${sides}<object><name>lamp</name>${box}</object></annotation>`;
}

/** Run lengths of the object's pixels, column by column. */
function runsOf({ size, box }: Drawn): { size: [number, number]; counts: number[] } {
  const counts = [0];
  let isSet = false;
  for (let at = 0; at < size.width * size.height; at++) {
    const is = isInside(Math.floor(at / size.height), at % size.height, box);
    if (is === isSet) counts[counts.length - 1]! += 1;
    else counts.push(1);
    isSet = is;
  }
  return { size: [size.height, size.width], counts };
}

interface Found {
  readonly orientation: number;
  readonly xyxy: Xyxy;
  readonly kind: Shape['kind'];
  /** Where the pixels are bright, as the viewer sees them. */
  readonly bright: Xyxy;
}

async function imported(folder: string, task: Task): Promise<Found[]> {
  const project = newProject(undefined, task);
  await importDataset(project, folder, { workers: 1 });
  const found: Found[] = [];
  for (const { image, annotations } of annotatedImages(project.db)) {
    const bright = brightBox(await decode(imageFile(project.folder, image)));
    const { xyxy, shape } = annotations[0]!;
    const rounded = xyxy.map((value) => Math.round(value * 1e6) / 1e6) as unknown as Xyxy;
    found.push({
      orientation: Number.parseInt(basename(image.source_url), 10),
      xyxy: rounded,
      kind: shape.kind,
      bright,
    });
  }
  return found;
}

const expected = (orientations: readonly number[], kind: Shape['kind']): Found[] =>
  orientations.map((orientation) => ({ orientation, xyxy: SEEN, kind, bright: SEEN }));

describe('an object lands where the viewer sees it, whatever the orientation of the file', () => {
  test('drawn on the upright picture', async () => {
    const all = ORIENTATIONS.map((orientation) => ({ name: `${orientation}.jpg`, size: UPRIGHT, box: SEEN }));
    const folder = await turnedSet(ORIENTATIONS, { 'coco.json': cocoOf(all) });

    expect(await imported(folder, 'image-object-detection')).toEqual(expected(ORIENTATIONS, 'box'));
  });

  const asStored: Named[] = TRANSPOSED.map((orientation) => ({
    name: `${orientation}.jpg`,
    ...drawnAsStored(orientation),
  }));
  test.each([
    ['a box of COCO', 'box', { 'coco.json': cocoOf(asStored) }],
    ['a box of VOC', 'box', Object.fromEntries(asStored.map((each) => [`Annotations/${each.name}.xml`, vocOf(each)]))],
    [
      'an outline',
      'polygon',
      { 'coco.json': cocoOf(asStored.map((each) => ({ ...each, segmentation: [cornersOf(each.box)] }))) },
    ],
    ['a bitmap', 'mask', { 'coco.json': cocoOf(asStored.map((each) => ({ ...each, segmentation: runsOf(each) }))) }],
  ] as const)('drawn on the picture as it lies in the file: %s', async (_, kind, annotations) => {
    const folder = await turnedSet(TRANSPOSED, annotations as Readonly<Record<string, string>>);

    expect(asStored.map(({ box }) => box)).not.toContainEqual(SEEN);
    expect(await imported(folder, 'image-instance-segmentation')).toEqual(expected(TRANSPOSED, kind));
  });

  test('in fractions, which are of the upright picture', async () => {
    const [x0, y0, x1, y1] = SEEN;
    const { width, height } = UPRIGHT;
    const numbers = [(x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height];
    const labels = ORIENTATIONS.map((orientation) => [`labels/${orientation}.txt`, `0 ${numbers.join(' ')}\n`]);
    const folder = await turnedSet(ORIENTATIONS, { 'classes.txt': 'lamp\n', ...Object.fromEntries(labels) });

    expect(await imported(folder, 'image-object-detection')).toEqual(expected(ORIENTATIONS, 'box'));
  });
});

describeWithShared('photographs turned by a camera', ['data/format-assets/exif'], () => {
  /** Stored 640 x 480; a box of the stored picture, and where it lies upright. */
  const STORED: Xyxy = [100, 40, 300, 90];
  test.each([
    ['left.jpg', [480 - 90, 100, 480 - 40, 300]], // orientation 6
    ['right.jpg', [40, 640 - 300, 90, 640 - 100]], // orientation 8
  ] as const)('%s: a box drawn on the file lands where the same pixels are upright', async (name, place) => {
    const folder = tempFolder();
    const named = { name, size: { width: 640, height: 480 }, box: STORED };
    writeFileSync(join(folder, 'coco.json'), cocoOf([named]));
    const project = newProject(undefined, 'image-object-detection');

    const report = await importDataset(project, join(folder, 'coco.json'), {
      imagesFolder: sharedPath('data/format-assets/exif/exif_rotated'),
      copy: false,
      workers: 1,
    });

    expect(report.repaired).toEqual([expect.stringContaining('as it lies in the file; turned upright with it')]);
    const [found] = [...annotatedImages(project.db)];
    expect([found!.image.width_px, found!.image.height_px]).toEqual([480, 640]);
    expect(found!.annotations.map(({ xyxy }) => xyxy)).toEqual([place]);
  });
});
