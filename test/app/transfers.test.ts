/** A data set brought in and taken out in the window: a real engine, a real browser. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openEngine } from '../../main/engine.ts';
import { createProject } from '../../main/store/project.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import { FakeClock } from '../kit/clock.ts';
import { writeFolderSet, writePhoto } from '../kit/data-sets.ts';
import { hasFfmpeg, stuckFfmpeg } from '../kit/ffmpeg.ts';
import { tempFolder } from '../kit/folders.ts';
import { servedWindow } from '../kit/served-window.ts';
import { keepPicture, seriousViolations } from '../kit/window.ts';

/** A window on a new project of that name below `root`, the only folder that it may name. */
async function windowOn(root: string, name: string, task: Task) {
  const project = join(root, name);
  createProject(project, { clock: new FakeClock(), owner: 'test', task }).close();
  const bugs: unknown[] = [];
  const logBug = (error: unknown) => bugs.push(error);
  const engine = openEngine(project, { clock: new FakeClock(), logBug, home: tempFolder(), threads: 2, roots: [root] });
  return { engine, ...(await servedWindow(engine, { closed: () => engine.close(), bugs })) };
}

test('a folder is found, looked at, mapped, tried and imported, and goes out as another format', async () => {
  const root = tempFolder();
  const set = await writeFolderSet(join(root, 'pictures', 'train'), { apple: 5, appel: 3, stone: 2 });
  writeFileSync(join(set, 'apple', 'broken.png'), 'no picture');
  const { engine, page, server } = await windowOn(root, 'fruit', 'image-classification');

  await page.goto(`${server.url}/#/project`);
  await page.getByRole('link', { name: 'Bring in images, with labels where there are any.' }).click();
  await page.getByRole('button', { name: root, exact: true }).click();
  await page.getByRole('button', { name: 'pictures' }).click();
  await page.getByRole('button', { name: 'Take this folder' }).click();
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('heading', { name: 'A folder for each class: 11 images' }).waitFor();
  await page.getByRole('textbox', { name: 'appel becomes' }).fill('apple');
  await page.getByText('joined with another').first().waitFor();
  await page.locator('tr', { hasText: 'stone' }).locator('.tick').click();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Try it first' }).click();
  await page.getByText('8 images would be added').waitFor();
  await page.getByText('Images left out: 3').waitFor();
  await keepPicture(page, 'import-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await keepPicture(page, 'import-dark');
  await page.emulateMedia({ colorScheme: 'light' });

  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('is in.').waitFor();
  expect(engine.data().facts().classes).toMatchObject([{ name: 'apple', images: 8 }]);
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'See the images' }).click();

  await page.getByRole('link', { name: 'Export' }).click();
  await page.getByRole('button', { name: /Format/ }).click();
  await page.getByRole('option', { name: 'CSV' }).click();
  await page.getByRole('button', { name: root, exact: true }).click();
  await page.getByRole('textbox', { name: 'Name of the new folder' }).fill('fruit table');
  await page.getByRole('button', { name: 'What would be lost?' }).click();
  await page.getByRole('heading', { name: '8 images would be written as CSV' }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await keepPicture(page, 'export-light');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('heading', { name: '8 images were written as CSV' }).waitFor();
  expect(existsSync(join(root, 'fruit table', 'train', 'labels.csv'))).toBe(true);
});

test('annotations whose pictures lie elsewhere are told where to name their folder', async () => {
  const root = tempFolder();
  await writeFolderSet(join(root, 'pictures'), { any: 1 });
  const file = join(root, 'truth', 'coco.json');
  mkdirSync(dirname(file));
  const images = [{ id: 1, file_name: '0.png' }];
  const annotations = [{ id: 1, image_id: 1, category_id: 1, bbox: [1, 1, 5, 5] }];
  writeFileSync(file, JSON.stringify({ images, annotations, categories: [{ id: 1, name: 'nut' }] }));
  const { page, server } = await windowOn(root, 'nuts', 'image-object-detection');

  await page.goto(`${server.url}/#/import`);
  await page.getByRole('textbox', { name: 'Folder, file of annotations, video, or ZIP archive' }).fill(file);
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByText('Where the pictures lie elsewhere, name their folder').waitFor();
  await page.getByText('Format and pictures elsewhere', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Folder of the pictures' }).fill(join(root, 'pictures'));
  await page.getByRole('button', { name: 'Look at it' }).click();

  await page.getByRole('heading', { name: 'COCO: 1 image, 1 object' }).waitFor();
});

/** A window on the page that imports, of a project of objects. */
async function openImport(root: string) {
  const { page, server } = await windowOn(root, 'walks', 'image-object-detection');
  await page.goto(`${server.url}/#/import`);
  const path = page.getByRole('textbox', { name: 'Folder, file of annotations, video, or ZIP archive' });
  const look = page.getByRole('button', { name: 'Look at it' });
  return { page, path, look };
}

test('of a sequence of pictures every Nth is taken, within the limits that are told, and the try says so', async () => {
  const root = tempFolder();
  const walk = join(root, 'walk');
  mkdirSync(walk);
  for (let i = 0; i < 7; i++) await writePhoto(join(walk, `frame${i}.png`), i);
  const { page, path, look } = await openImport(root);

  await path.fill(walk);
  await look.click();
  await page.getByText('come in as frames, by format sequence').waitFor();
  const every = page.getByRole('textbox', { name: 'Every Nth frame' });
  expect(await every.count()).toBe(0);
  await page.getByText('Format and pictures elsewhere', { exact: true }).click();
  await page.getByRole('button', { name: /Format/ }).click();
  await page.getByRole('option', { name: 'A sequence of pictures' }).click();
  await look.click();
  await page.getByRole('heading', { name: 'A sequence of pictures: 7 images' }).waitFor();
  await every.fill('2.5');
  await page.getByText('A whole number from 1 to 1,000,000').waitFor();
  expect(await look.isDisabled()).toBe(true);
  await every.fill('3');
  await look.click();
  await page.getByRole('heading', { name: 'A sequence of pictures: 3 images' }).waitFor();
  await page.getByRole('button', { name: 'Try it first' }).click();
  await page.getByText('3 images would be added').waitFor();
  await page.getByText('A sequence of pictures, one frame of every 3').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await keepPicture(page, 'import-sequence-light');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('is in.').waitFor();
});

test.skipIf(!hasFfmpeg)('of a video so many frames a second are taken, or every Nth (with ffmpeg)', async () => {
  const root = tempFolder();
  const clip = join(root, 'clip.mp4');
  const pattern = 'testsrc=duration=2:size=64x48:rate=10';
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', pattern, '-pix_fmt', 'yuv420p', clip]);
  const { page, path, look } = await openImport(root);

  await path.fill(clip);
  await page.getByRole('textbox', { name: 'Frames a second' }).fill('2.5');
  await look.click();
  await page.getByRole('heading', { name: 'Frames of a video: 5 images' }).waitFor();
  await page.getByRole('button', { name: /Which frames/ }).click();
  await page.getByRole('option', { name: 'Every Nth frame' }).click();
  await page.getByRole('textbox', { name: 'Every Nth frame' }).fill('10');
  await look.click();
  await page.getByRole('heading', { name: 'Frames of a video: 2 images' }).waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Try it first' }).click();
  await page.getByText('Frames of a video, one frame of every 10').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await keepPicture(page, 'import-video-dark');
});

test('while frames are taken out of a video it is told how many of how many, and stopping leaves nothing', async () => {
  await stuckFfmpeg(50);
  const root = tempFolder();
  const clip = join(root, 'clip.mp4');
  writeFileSync(clip, 'x');
  const { page, path, look } = await openImport(root);

  await path.fill(clip);
  await page.getByRole('textbox', { name: 'Frames a second' }).fill('2');
  await look.click();
  await page.getByText('1 of about 100 frames taken out of the video').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await keepPicture(page, 'import-video-frames-light');
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('region', { name: 'Progress' }).waitFor({ state: 'detached' });

  expect(await look.isEnabled()).toBe(true);
  expect(readdirSync(root).sort()).toEqual(['clip.mp4', 'walks']);
});
