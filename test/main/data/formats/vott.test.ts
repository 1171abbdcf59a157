import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importDataset } from '../../../../main/data/import.ts';
import { objectsByImage, writePhoto } from '../../../kit/data-sets.ts';
import { tempFolder } from '../../../kit/folders.ts';
import { newProject } from '../../../kit/projects.ts';

const SIZE = { width: 30, height: 20 };

const box = (tags: readonly string[], left: number, top: number, width: number, height: number) => ({
  ...{ id: 'r', type: 'RECTANGLE', tags, boundingBox: { left, top, width, height } },
});

const asset = (name: string, regions: readonly object[], state = 2) => ({
  ...{ asset: { id: name, name, path: `file:/C:/photos/${name}`, size: SIZE, state, type: 1 }, regions },
});

async function vottSet(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = tempFolder();
  await writePhoto(join(folder, 'one.png'), 1, SIZE);
  await writePhoto(join(folder, 'two & three.png'), 2, SIZE);
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(value));
  return folder;
}

const CORNERS = [
  { x: 1, y: 1 },
  { x: 9, y: 1 },
  { x: 9, y: 8.5 },
];

test('an export comes in: boxes, outlines, an object for each tag, images nobody opened left out', async () => {
  const polygon = { id: 'p', type: 'POLYGON', tags: ['leaf'], points: CORNERS };
  const assets = {
    a: asset('one.png', [box(['dog', 'animal'], 2.5, 3, 10, 7), polygon, { id: 'l', type: 'POLYLINE', tags: ['x'] }]),
    b: asset('two%20%26%20three.png', [box([], 0, 0, 5, 5)]),
    c: asset('gone.png', [], 0),
  };
  const folder = await vottSet({ 'parts-export.json': { name: 'parts', videoSettings: {}, tags: [], assets } });
  const project = newProject(undefined, 'image-instance-segmentation');

  const report = await importDataset(project, folder);

  expect(report).toMatchObject({ format: 'vott', added: 2, skipped: [] });
  expect(objectsByImage(project)).toEqual({
    'one.png': ['dog box 2.5,3,12.5,10', 'animal box 2.5,3,12.5,10', 'leaf polygon 1,1,9,8.5'],
    'two%20%26%20three.png': [],
  });
  expect(report.objects.skipped.map(({ where, reason }) => `${where.slice(folder.length + 1)}: ${reason}`)).toEqual([
    'parts-export.json: a: regions[2]: type: expected RECTANGLE, SQUARE or POLYGON, got a string ("POLYLINE")',
    'parts-export.json: b: regions[0]: tags: expected a class, got a list ([])',
  ]);
  expect(report.warnings).toContain('1 images were never opened in VoTT: left out');
});

test('files of single images come in by themselves, and not a second time beside an export', async () => {
  const one = asset('one.png', [box(['dog'], 1, 1, 4, 4)]);
  const [alone, beside] = await Promise.all([
    vottSet({ 'a-asset.json': one, 'b-asset.json': '' }),
    vottSet({ 'a-asset.json': one, 'x-export.json': { assets: { a: one } } }),
  ]);
  const [first, second] = [1, 2].map(() => newProject(undefined, 'image-object-detection')) as [
    ReturnType<typeof newProject>,
    ReturnType<typeof newProject>,
  ];

  const [reportAlone, reportBeside] = [await importDataset(first, alone), await importDataset(second, beside)];

  expect([objectsByImage(first), objectsByImage(second)]).toEqual(Array(2).fill({ 'one.png': ['dog box 1,1,5,5'] }));
  expect([reportAlone.read, reportBeside.read]).toEqual([1, 1]);
  expect(reportBeside.warnings).toContain('1 files of single images were not read beside the export');
});
