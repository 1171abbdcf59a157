import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { importDataset } from '../../../../main/data/import.ts';
import { objectsByImage, writePhoto } from '../../../kit/data-sets.ts';
import { tempFolder } from '../../../kit/folders.ts';
import { newProject } from '../../../kit/projects.ts';

const SIZE = { width: 40, height: 20 };

async function kittiSet(labels: Readonly<Record<string, string>>, images: readonly string[]): Promise<string> {
  const folder = tempFolder();
  for (const [i, path] of images.entries()) await writePhoto(join(folder, path), i + 1, SIZE);
  for (const [path, text] of Object.entries(labels)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const line = (name: string, truncated: number, occluded: number, box: string) =>
  `${name} ${truncated} ${occluded} -1.57 ${box} 1.89 0.48 1.20 1.84 1.47 8.41 0.01\n`;

test('boxes come in with their flags, for the picture of the camera that was labelled', async () => {
  const folder = await kittiSet(
    {
      'training/label_2/000000.txt':
        line('Pedestrian', 0, 0, '7.25 1.5 12.75 18') + line('Car', 0.4, 2, '20 4 40 19.5'),
      'training/label_2/000001.txt': line('DontCare', -1, -1, '1 1 9 9') + line('Car', 0, 3, '0 0 5 5'),
    },
    ['image_2/000000', 'image_2/000001', 'image_3/000000', 'image_3/000001'].map((name) => `training/${name}.png`),
  );
  const project = newProject(undefined, 'image-object-detection');

  const report = await importDataset(project, folder);

  expect(report).toMatchObject({ format: 'kitti', added: 2, skipped: [], objects: { added: 3, skipped: [] } });
  expect(objectsByImage(project)).toEqual({
    'training/image_2/000000.png': ['Pedestrian box 7.25,1.5,12.75,18', 'Car box 20,4,40,19.5 occluded truncated'],
    'training/image_2/000001.png': ['Car box 0,0,5,5'],
  });
  expect(report.warnings.slice(0, 2)).toEqual([
    '1 regions are DontCare, which has no class: left out',
    `${folder}: pictures that no record names, left out: training/image_3/000000.png, training/image_3/000001.png`,
  ]);
});

test('what is wrong is told by line, and costs no other', async () => {
  const folder = await kittiSet(
    { 'labels/a.txt': `${line('Car', 0, 0, '1 1 9 9')}Car 0 0 1 1\nCar x 0 ${'1 '.repeat(12)}`, 'labels/gone.txt': '' },
    ['images/a.png'],
  );
  const project = newProject(undefined, 'image-object-detection');

  const report = await importDataset(project, folder);

  expect(objectsByImage(project)).toEqual({ 'images/a.png': ['Car box 1,1,9,9'] });
  expect(report.objects.skipped.map(({ where, reason }) => `${where.slice(folder.length + 1)}: ${reason}`)).toEqual([
    'labels/a.txt: line 2: expected a class and 14 numbers, got 5 words in "Car 0 0 1 1"',
    'labels/a.txt: line 3: truncated: expected a number, got a string ("x")',
  ]);
  expect(report.skipped.map(({ reason }) => reason)).toEqual([
    `image "labels/gone": none of that name below ${folder}`,
  ]);
});
