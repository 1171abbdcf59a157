/** A box through the frames of a sequence, in a real browser. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { importDataset } from '../../main/data/import.ts';
import { openEngine } from '../../main/engine.ts';
import { addAnnotations, annotationsOf } from '../../main/store/annotations.ts';
import { createProject, openProject, type WriteProject } from '../../main/store/project.ts';
import { addTrack } from '../../main/store/sequences.ts';
import { NO_FLAGS } from '../../preload/contract/annotation-flags.ts';
import { FakeClock } from '../kit/clock.ts';
import { eventually } from '../kit/eventually.ts';
import { tempFolder } from '../kit/folders.ts';
import { dragOnCanvas, onCanvas } from '../kit/on-canvas.ts';
import { encoder, photo, picture } from '../kit/pictures.ts';
import { servedWindow } from '../kit/served-window.ts';
import { keepPicture, seriousViolations } from '../kit/window.ts';

const SIZE = { width: 400, height: 300 };
const FRAMES = 5;

/** A dark square that goes from the left to the right, sixty pixels a frame. */
async function writeFrames(folder: string): Promise<void> {
  mkdirSync(folder);
  const ground = photo(SIZE.width, SIZE.height, 4);
  for (let i = 0; i < FRAMES; i++) {
    const frame = picture(SIZE.width, SIZE.height, (x, y) => {
      const isOn = x >= 40 + 60 * i && x < 100 + 60 * i && y >= 100 && y < 160;
      const at = 3 * (y * SIZE.width + x);
      return isOn ? [20, 24, 40] : [ground.data[at]!, ground.data[at + 1]!, ground.data[at + 2]!];
    });
    writeFileSync(join(folder, `frame${i + 8}.png`), await encoder(frame).png().toBuffer());
  }
}

async function openFrames(prepare: (project: WriteProject) => void = () => {}) {
  const [folder, source] = [join(tempFolder(), 'project'), join(tempFolder(), 'walk')];
  const clock = new FakeClock();
  const project = createProject(folder, { clock, owner: 'lightbench test', task: 'image-object-detection' });
  await writeFrames(source);
  await importDataset(project, source, { format: 'sequence' });
  prepare(project);
  project.close();
  const engine = openEngine(folder, { clock, logBug: (error) => console.error(error), home: tempFolder(), threads: 1 });
  const { page, server } = await servedWindow(engine, { closed: () => engine.close() });
  const address = `${server.url}/#/label/1`;
  await page.goto(address);
  await page.getByRole('region', { name: 'Frames' }).waitFor();
  const boxes = () => {
    const reader = openProject(folder, { clock, owner: 'lightbench test', access: 'read' });
    const told = Array.from({ length: FRAMES }, (_, i) =>
      annotationsOf(reader.db, i + 1).map(({ xyxy, track }) => [Math.round(xyxy[0]), track?.role]),
    );
    reader.close();
    return told;
  };
  return { page, address, boxes };
}

/** The screen point of an image point: the whole image is shown, in the middle. */
async function screenOf(page: Page, [x, y]: readonly [number, number]): Promise<[number, number]> {
  return (await onCanvas(page, SIZE)).screenOf(x, y);
}

const drag = (page: Page, from: readonly [number, number], to: readonly [number, number]) =>
  dragOnCanvas(page, SIZE, from, to);

test('a box is set on two key frames, seen between them, filled in with one command and taken back with one', async () => {
  const { page, boxes } = await openFrames();
  const { keyboard } = page;
  await page.getByText('frame 0 · 1 of 5').waitFor();
  await page.getByPlaceholder('Find or add a class').fill('car');
  await keyboard.press('Enter');
  await keyboard.press('b');
  await drag(page, [40, 100], [100, 160]);
  await page.getByRole('heading', { name: '1 object' }).waitFor();
  await keyboard.press('v');
  await page.mouse.click(...(await screenOf(page, [70, 101])));
  await keyboard.press('Shift+K');
  await page.getByText('1 of 5 · key frame').waitFor();

  for (let i = 2; i <= FRAMES; i++) {
    await keyboard.press('Control+ArrowRight');
    await page.getByText(`frame ${i - 1} · ${i} of 5`).waitFor();
  }
  await page.getByRole('button', { name: 'car, where it was last: make this a key frame' }).waitFor();
  await keepPicture(page, 'frames-last-light');
  await keyboard.press('Shift+K');
  await page.getByRole('heading', { name: '1 object' }).waitFor();
  await drag(page, [70, 130], [310, 130]);
  await page.getByText('Saved').waitFor();
  await eventually(() => expect(boxes()).toEqual([[[40, 'key']], [], [], [], [[280, 'key']]]));

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('slider', { name: 'Frame' }).fill('2');
  await page.getByText('frame 2 · 3 of 5').waitFor();
  const between = page.getByRole('button', { name: 'car, between key frames: make this a key frame' });
  const [seen, corner] = [(await between.boundingBox())!, await screenOf(page, [160, 100])];
  expect(Math.hypot(seen.x - corner[0], seen.y - corner[1])).toBeLessThan(6); // as steady as a hand is, and the scale
  await keepPicture(page, 'frames-between-dark');
  expect(await seriousViolations(page, '.label-page')).toEqual([]);

  await keyboard.press('Shift+I');
  await page.getByRole('heading', { name: '1 object' }).waitFor();
  expect(boxes().map(([box]) => box)).toEqual([
    ...[
      [40, 'key'],
      [100, 'between'],
      [160, 'between'],
      [220, 'between'],
    ],
    [280, 'key'],
  ]);
  await page.getByRole('button', { name: 'Undo filling in' }).click();
  await between.waitFor();
  expect(boxes().map((here) => here.length)).toEqual([1, 0, 0, 0, 1]);

  await between.click();
  await page.getByRole('heading', { name: '1 object' }).waitFor();
  await page.getByRole('button', { name: 'Ends here' }).click();
  await eventually(() => expect(boxes()[2]).toEqual([[160, 'end']]));
  await keyboard.press('Control+ArrowRight');
  await page.getByText('frame 3 · 4 of 5').waitFor();
  await eventually(async () => expect(await page.locator('.label-between button').count()).toBe(0));
});

test('undoing a filling in takes no other window’s edit back: that one goes first, in its own window', async () => {
  const { page, address, boxes } = await openFrames(({ db }) => {
    const track = { id: addTrack(db, 1), role: 'key' } as const;
    for (const [image, x] of [[1, 40] as const, [FRAMES, 280] as const]) {
      const shape = { kind: 'box', xyxy: [x, 100, x + 60, 160] } as const;
      addAnnotations(db, image, [{ ...NO_FLAGS, class_name: 'car', shape, track }]);
    }
  });
  const other = await page.context().newPage();
  await other.goto(address);
  const undo = { name: 'Undo filling in' };
  for (const window of [page, other]) {
    await window.getByRole('button', { name: 'Fill in' }).click();
    await window.getByRole('button', undo).waitFor();
  }
  const filled = boxes();
  expect(filled.map((here) => here.length)).toEqual([1, 1, 1, 1, 1]);

  await page.getByRole('button', undo).click();
  await page.getByText('was done since; take that back first').waitFor();
  await keepPicture(page, 'frames-undo-refused');
  expect(boxes()).toEqual(filled);

  for (const [window, left] of [[other, 1] as const, [page, 0] as const]) {
    await window.getByRole('button', undo).click();
    await window.getByRole('button', undo).waitFor({ state: 'detached' });
    expect(boxes().map((here) => here.length)).toEqual([1, left, left, left, 1]);
  }
});
