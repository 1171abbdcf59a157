import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { indexedPng } from '../../../../main/data/export/indexed-png.ts';
import { importDataset } from '../../../../main/data/import.ts';
import { type Annotation, annotatedImages } from '../../../../main/store/annotations.ts';
import { bitmapFromMask } from '../../../../native-models/geometry/mask.ts';
import { writePhoto } from '../../../kit/data-sets.ts';
import { tempFolder } from '../../../kit/folders.ts';
import { newProject } from '../../../kit/projects.ts';

const SIZE = { width: 6, height: 4 };
/** The first three colours of VOC's palette, and the one of the border round objects. */
const [BLACK, RED, GREEN, VOID] = [
  [0, 0, 0],
  [128, 0, 0],
  [0, 128, 0],
  [224, 224, 192],
] as const;
type Colour = readonly [number, number, number];

/** Where the background (.), the first and second object and the border (#) lie. */
const DRAWN = `
  ..11..
  .#11#.
  222#..
  222#..`;

const cells = (text: string) => [...text.replaceAll(/\s/g, '')];

function xmlOf(names: readonly string[]): string {
  const box = '<bndbox><xmin>0</xmin><ymin>1</ymin><xmax>4</xmax><ymax>4</ymax></bndbox>';
  const objects = names.map((name) => `<object><name>${name}</name>${box}</object>`);
  const size = `<size><width>${SIZE.width}</width><height>${SIZE.height}</height></size>`;
  return `<annotation><filename>a.png</filename>${size}\n${objects.join('\n')}\n</annotation>`;
}

async function vocSet(masks: Readonly<Record<string, Buffer>>, names = ['cat', 'dog']): Promise<string> {
  const folder = tempFolder();
  await writePhoto(join(folder, 'JPEGImages/a.png'), 1, SIZE);
  const files = { 'Annotations/a.xml': xmlOf(names), ...masks };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function imported(folder: string) {
  const project = newProject(undefined, 'image-instance-segmentation');
  const report = await importDataset(project, folder, { workers: 1 });
  const objects = [...annotatedImages(project.db)].flatMap(({ annotations }) => annotations.map(drawnOf));
  return { report, objects };
}

/** `class: rows of the mask`, or its kind. */
function drawnOf({ class_name, shape }: Annotation): string {
  if (shape.kind !== 'mask') return `${class_name}: ${shape.kind}`;
  const bits = [...bitmapFromMask(shape.mask)];
  const rows = Array.from({ length: SIZE.height }, (_, y) => bits.slice(y * SIZE.width, (y + 1) * SIZE.width).join(''));
  return `${class_name}: ${rows.join(' ')}`;
}

const inColour = (text: string, colours: Readonly<Record<string, Colour>>): Promise<Buffer> =>
  sharp(Uint8Array.from(cells(text).flatMap((cell) => [...colours[cell]!])), { raw: { ...SIZE, channels: 3 } })
    .png()
    .toBuffer();

const inGrey = (text: string, values: Readonly<Record<string, number>>): Promise<Buffer> =>
  sharp(Uint8Array.from(cells(text).map((cell) => values[cell]!)), { raw: { ...SIZE, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();

const inPalette = (text: string, values: Readonly<Record<string, number>>): Buffer =>
  indexedPng(Uint8Array.from(cells(text).map((cell) => values[cell]!)), SIZE);

const VALUES = { '.': 0, '1': 1, '2': 2, '#': 255 };
const COLOURS = { '.': BLACK, '1': RED, '2': GREEN, '#': VOID };
const BOTH = ['cat: 001100 001100 000000 000000', 'dog: 000000 000000 111000 111000'];

describe('the masks of SegmentationObject come in', () => {
  const files = {
    'in a palette': () => inPalette(DRAWN, VALUES),
    'in true colour': () => inColour(DRAWN, COLOURS),
    'as grey values': () => inGrey(DRAWN, VALUES),
    'as other values, in ascending order': () => inGrey(DRAWN, { '.': 3, '1': 40, '2': 90, '#': 255 }),
    'in colours of somebody’s own, in ascending order': () =>
      inColour(DRAWN, { '.': [0, 0, 0], '1': [10, 200, 30], '2': [20, 10, 90], '#': [0, 0, 0] }),
  };
  test.each(Object.entries(files))('%s', async (_, make) => {
    const { report, objects } = await imported(await vocSet({ 'SegmentationObject/a.png': await make() }));

    expect(objects).toEqual(BOTH);
    expect(report).toMatchObject({ added: 1, repaired: [], objects: { added: 2, skipped: [] } });
  });

  test('of the one object, white on black', async () => {
    const mask = await inGrey(DRAWN, { '.': 0, '1': 255, '2': 0, '#': 0 });

    const { objects } = await imported(await vocSet({ 'SegmentationObject/a.png': mask }, ['cat']));

    expect(objects).toEqual([BOTH[0]]);
  });

  test.each(['palette', 'true colour'])('of an object alone in the picture (%s)', async (kind) => {
    const everywhere = DRAWN.replaceAll(/[.#2]/g, '1');
    const mask = kind === 'palette' ? inPalette(everywhere, VALUES) : await inColour(everywhere, COLOURS);

    const { objects } = await imported(await vocSet({ 'SegmentationObject/a.png': mask }, ['cat']));

    expect(objects).toEqual(['cat: 111111 111111 111111 111111']);
  });
});

test.each(['palette', 'true colour'])(
  'an object without a pixel in the mask is its box, which is said (%s)',
  async (kind) => {
    const without = DRAWN.replaceAll('1', '.');
    const mask = kind === 'palette' ? inPalette(without, VALUES) : await inColour(without, COLOURS);
    const folder = await vocSet({ 'SegmentationObject/a.png': mask });

    const { report, objects } = await imported(folder);

    expect(objects).toEqual(['cat: box', BOTH[1]]);
    const [xml, png] = ['Annotations/a.xml', 'SegmentationObject/a.png'].map((path) => join(folder, path));
    expect(report.repaired).toEqual([`${xml}: line 2: has no pixels in ${png}; kept as its box`]);
  },
);

test('masks of classes alone leave boxes, which is said', async () => {
  const folder = await vocSet({ 'SegmentationClass/a.png': await inColour(DRAWN, COLOURS) });

  const { report, objects } = await imported(folder);

  expect(objects).toEqual(['cat: box', 'dog: box']);
  expect(report.warnings[0]).toContain('SegmentationClass tells the class of each pixel');
});
