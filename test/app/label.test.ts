/** Labelling in a real browser, over a real engine and a real project. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { openEngine, type Workbench } from '../../main/engine.ts';
import { addAnnotations, annotationsOf } from '../../main/store/annotations.ts';
import { addClass } from '../../main/store/classes.ts';
import type { WriteDb } from '../../main/store/db.ts';
import { upsertEpoch } from '../../main/store/epochs.ts';
import { addImage } from '../../main/store/images.ts';
import { labelsOf } from '../../main/store/labels.ts';
import { putPrediction } from '../../main/store/predictions.ts';
import { createProject, openProject } from '../../main/store/project.ts';
import { createRun } from '../../main/store/runs.ts';
import { NO_FLAGS } from '../../preload/contract/annotation-flags.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import { FakeClock } from '../kit/clock.ts';
import { eventually } from '../kit/eventually.ts';
import { tempFolder } from '../kit/folders.ts';
import { madeEpoch } from '../kit/made-runs.ts';
import { dragOnCanvas, onCanvas } from '../kit/on-canvas.ts';
import { encoder, photo } from '../kit/pictures.ts';
import { newRun } from '../kit/runs.ts';
import { startServer, type TestServer } from '../kit/server.ts';
import { keepPicture, openWindow, type TestWindow, testBrowser } from '../kit/window.ts';

const SIZE = { width: 400, height: 300 };

let browser: Browser;
let rendererFolder: string;
beforeAll(async () => {
  [browser, rendererFolder] = await Promise.all([testBrowser(), builtRenderer()]);
});
afterAll(() => browser?.close());

let engine: Workbench;
let server: TestServer;
let windows: TestWindow[];
let folder: string;

beforeEach(() => {
  windows = [];
});
afterEach(async () => {
  const complaints = windows.flatMap((window) => window.complaints);
  await Promise.all(windows.map(({ context }) => context.close()));
  await server.close();
  await engine.close();
  expect(complaints).toEqual([]);
});

/** A project with pictures `a.png`, `b.png` …, and an engine on it. */
async function serve(task: Task, names: readonly string[], add: (db: WriteDb) => void = () => {}): Promise<void> {
  folder = join(tempFolder(), 'project');
  const clock = new FakeClock();
  const project = createProject(folder, { clock, owner: 'lightbench test', task });
  for (const [at, name] of names.entries()) {
    const path = join('images', name);
    writeFileSync(
      join(folder, path),
      await encoder(photo(SIZE.width, SIZE.height, at + 1))
        .png()
        .toBuffer(),
    );
    addImage(project.db, {
      path,
      storage: 'copied',
      source_url: name,
      sha256: String(at).padStart(64, '0'),
      size_bytes: readFileSync(join(folder, path)).length,
      width_px: SIZE.width,
      height_px: SIZE.height,
      format: 'png',
      split: null,
      created_at_ms: 1,
    });
  }
  if (task === 'image-object-detection') {
    const shape = { kind: 'box', xyxy: [300, 200, 380, 280] } as const;
    addAnnotations(project.db, 2, [{ ...NO_FLAGS, class_name: 'bolt', shape }]);
  }
  add(project.db);
  project.close();
  engine = openEngine(folder, { clock, logBug: (error) => console.error(error), home: tempFolder(), threads: 1 });
  server = await startServer(engine, { rendererFolder });
}

async function open(hash: string, options: Parameters<typeof openWindow>[2] = {}): Promise<Page> {
  const window = await openWindow(browser, server.newLink(), options);
  windows.push(window);
  await window.page.goto(`${server.url}/${hash}`);
  return window.page;
}

/** The screen point of an image point: the whole image is shown, in the middle. */
async function screenOf(page: Page, [x, y]: readonly [number, number]): Promise<[number, number]> {
  return (await onCanvas(page, SIZE)).screenOf(x, y);
}

const drag = (page: Page, from: readonly [number, number], to: readonly [number, number]) =>
  dragOnCanvas(page, SIZE, from, to);

const click = async (page: Page, at: readonly [number, number]) => page.mouse.click(...(await screenOf(page, at)));

function stored(image: number) {
  const project = openProject(folder, { clock: new FakeClock(), owner: 'lightbench test', access: 'read' });
  const objects = annotationsOf(project.db, image).map(({ class_name, xyxy }) => [class_name, xyxy.map(Math.round)]);
  const labels = labelsOf(project.db, image);
  project.close();
  return { objects, labels };
}

describe('labelling objects', () => {
  test('boxes and polygons are drawn, chosen, moved, renamed, removed and taken back, by hand and by key', async () => {
    await serve('image-object-detection', ['a.png', 'b.png']);
    const page = await open('#/label');
    await page.getByText('1 of 2').waitFor();
    await page.getByPlaceholder('Find or add a class').fill('nut');
    await page.keyboard.press('Enter');

    await page.keyboard.press('b');
    await drag(page, [40, 50], [120, 130]);
    await page.getByRole('heading', { name: '1 object' }).waitFor();
    await page.keyboard.press('p');
    for (const at of [
      [200, 60],
      [280, 60],
      [240, 160],
    ] as const)
      await click(page, at);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '2 objects' }).waitFor();
    await keepPicture(page, 'label-light');
    expect(stored(1).objects).toEqual([
      ['nut', [40, 50, 120, 130]],
      ['nut', [200, 60, 280, 160]],
    ]);

    await page.keyboard.press('v');
    await drag(page, [80, 90], [100, 100]);
    await eventually(() => expect(stored(1).objects[0]).toEqual(['nut', [60, 60, 140, 140]]));
    await page.keyboard.press('1'); // bolt, from the other image
    await eventually(() => expect(stored(1).objects[0]![0]).toBe('bolt'));
    await page.getByRole('button', { name: /bolt.*box/ }).waitFor();
    await page.keyboard.press('Delete');
    await eventually(() => expect(stored(1).objects).toHaveLength(1));
    for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z');
    await eventually(() => expect(stored(1).objects[0]).toEqual(['nut', [40, 50, 120, 130]]));

    await page.keyboard.press('r');
    await drag(page, [60, 200], [160, 220]);
    await page.getByRole('button', { name: /bolt.*mask/ }).waitFor();
    await page.keyboard.press('Control+c');
    await keepPicture(page, 'label-brush-light');

    await page.keyboard.press('d');
    await page.getByText('2 of 2').waitFor();
    await page.getByRole('heading', { name: '1 object' }).waitFor();
    await page.keyboard.press('Control+v');
    await page.getByRole('heading', { name: '2 objects' }).waitFor();
    await page.keyboard.press('h');
    await page.getByRole('dialog', { name: 'History of this image' }).getByText('paste').waitFor();
  });

  test('two windows on one image see each other’s work', async () => {
    await serve('image-object-detection', ['a.png', 'b.png']);
    const [one, two] = [await open('#/label/2'), await open('#/label/2')];
    await two.getByRole('heading', { name: '1 object' }).waitFor();
    await one.getByRole('heading', { name: '1 object' }).waitFor();

    await one.keyboard.press('b');
    await drag(one, [40, 50], [120, 130]);
    await two.getByRole('heading', { name: '2 objects' }).waitFor();
    await two.keyboard.press('Control+z');

    await one.getByRole('heading', { name: '1 object' }).waitFor();
    expect(stored(2).objects).toEqual([['bolt', [300, 200, 380, 280]]]);
  });

  test('what was done to the next image since it was brought ahead is on show there', async () => {
    await serve('image-object-detection', ['a.png', 'b.png']);
    const told = vi.spyOn(engine.labelling(), 'document');
    const timesTold = () => told.mock.calls.filter(([image]) => image === 2).length;
    const [one, two] = [await open('#/label/1'), await open('#/label/2')];
    await two.getByRole('heading', { name: '1 object' }).waitFor();
    await eventually(() => expect(timesTold()).toBe(2));

    await two.keyboard.press('b');
    await drag(two, [40, 50], [120, 130]);
    await two.getByRole('heading', { name: '2 objects' }).waitFor();
    await one.keyboard.press('d');

    await one.getByRole('heading', { name: '2 objects' }).waitFor();
    expect(timesTold()).toBe(2);
  });

  test('an edit of many images reaches the canvas at once, and taken back it leaves what was done there since', async () => {
    await serve('image-object-detection', ['a.png', 'b.png']);
    const [canvas, data] = [await open('#/label/2'), await open('#/data')];
    await canvas.getByRole('heading', { name: '1 object' }).waitFor();
    await data.getByRole('option').nth(1).click();
    await data.getByRole('button', { name: /Say how far/ }).click();
    await data.getByRole('option', { name: 'Accepted' }).click();
    await canvas.getByRole('button', { name: 'Accepted', exact: true, pressed: true }).waitFor();
    await engine.data().edit({ kind: 'class-rename', name: 'bolt', to: 'screw' });
    await canvas.getByRole('button', { name: /screw.*box/ }).waitFor();

    await drag(canvas, [340, 240], [320, 230]);
    await canvas.keyboard.press('Shift+D');
    await canvas.getByRole('button', { name: 'Done', exact: true, pressed: true }).waitFor();
    for (let i = 0; i < 2; i++) {
      await data.getByRole('button', { name: 'Undo', exact: true }).click();
      await data.getByRole('button', { name: 'Redo', exact: true, disabled: false }).waitFor();
    }

    await data.getByRole('status').getByText('1 review of b.png').waitFor();
    await keepPicture(data, 'data-left-light');
    await canvas.getByRole('button', { name: /bolt.*box/ }).waitFor();
    expect(stored(2).objects).toEqual([['bolt', [280, 190, 360, 270]]]);
    await canvas.getByRole('button', { name: 'Done', exact: true, pressed: true }).waitFor();
    await canvas.keyboard.press('Control+z');
    await canvas.keyboard.press('Control+z');
    await eventually(() => expect(stored(2).objects).toEqual([['bolt', [300, 200, 380, 280]]]));
  });

  test('images are done, accepted and rejected by key, found by that in the data browser, and the history says who', async () => {
    await serve('image-object-detection', ['a.png', 'b.png', 'c.png']);
    const page = await open('#/label/2');
    await page.getByRole('heading', { name: '1 object' }).waitFor();
    const isMarked = (state: string) => page.getByRole('button', { name: state, exact: true, pressed: true }).waitFor();
    await page.keyboard.press('Shift+D');
    await isMarked('Done');
    await page.keyboard.press('d');
    await page.getByText('3 of 3').waitFor();
    await page.getByRole('link', { name: 'Next to review' }).waitFor();
    await page.keyboard.press('m');
    await page.getByText('2 of 3').waitFor();
    await isMarked('Done');
    await page.keyboard.press('Shift+R');
    await page.getByRole('textbox', { name: 'What is wrong' }).fill('the bolt is cut off');
    await page.keyboard.press('Enter');
    await isMarked('Rejected');
    await page.getByText('the bolt is cut off', { exact: true }).waitFor();
    await keepPicture(page, 'label-rejected-light');
    await page.keyboard.press('h');
    const history = page.getByRole('dialog', { name: 'History of this image' });
    await history.getByText('mark rejected: the bolt is cut off').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('link', { name: 'Data' }).click();
    await page.locator('.filters').getByText('Rejected').click();
    await page.getByText('1 of 3 images').waitFor();
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('option').getByText('Rejected').waitFor();
    await eventually(() => expect(engine.data().cards([2])[0]!.labelling_ms).toBeGreaterThan(0));
    const { labelling_ms } = engine.data().cards([2])[0]!;
    expect(await engine.labelling().spend(2, 61_000)).toBe(labelling_ms + 61_000);
    await page.getByRole('option').click();
    await page.getByRole('button', { name: /Say how far/ }).click();
    await page.getByRole('option', { name: 'Accepted' }).click();
    await page.getByText('0 of 3 images').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('1 of 3 images').waitFor();
    await keepPicture(page, 'data-review-light');
  });

  test('a dozen classes are given by number; what a model drew and what is locked can be told from the rest', async () => {
    await serve('image-object-detection', ['a.png', 'b.png'], (db) => {
      for (let i = 1; i <= 12; i++) addClass(db, `part ${String(i).padStart(2, '0')}`);
      const shape = { kind: 'box', xyxy: [40, 40, 120, 120] } as const;
      addAnnotations(db, 2, [{ ...NO_FLAGS, class_name: 'part 05', shape, source: 'model' }]);
    });
    const page = await open('#/label/2');
    await page.getByRole('heading', { name: '2 objects' }).waitFor();
    const classes = () => stored(2).objects.map(([name]) => name);

    await page.keyboard.press('Control+a');
    await page.keyboard.press('1');
    await page.getByText('1…').waitFor();
    await page.keyboard.press('2'); // bolt is the first of thirteen
    await eventually(() => expect(classes()).toEqual(['part 11', 'part 11']));
    await page.keyboard.press('Control+z');
    await eventually(() => expect(classes()).toEqual(['bolt', 'part 05']));

    await page.keyboard.press('l');
    await page.getByText('From a model').click();
    await page.getByRole('heading', { name: '2 objects 1 hidden' }).waitFor();
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Lock part 05' }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.press('r');
    await page.keyboard.press('<');
    await page.getByRole('slider', { name: 'Hardness' }).waitFor();
    await keepPicture(page, 'label-chords-light');
    expect(classes()).toEqual(['bolt', 'part 05']);
  });

  test('a class has one colour, here and in the class manager, also when it is given another', async () => {
    await serve('image-object-detection', ['a.png', 'b.png']);
    const page = await open('#/label/2');
    const swatch = page.getByRole('button', { name: /^bolt/ }).first().locator('.label-swatch');
    const [{ color } = { color: '' }] = engine.data().facts().classes;
    const background = (hex: string) =>
      `rgb(${[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(', ')})`;
    await swatch.waitFor();

    const seen = () => swatch.evaluate((element) => getComputedStyle(element).backgroundColor);
    expect(await seen()).toBe(background(color));
    await engine.data().edit({ kind: 'class-recolour', name: 'bolt', color: '#123456' });
    await eventually(async () => expect(await seen()).toBe(background('#123456')));
  });

  test('a wand and a box find objects by their pixels, in a thread of their own', async () => {
    await serve('image-instance-segmentation', ['a.png']);
    const page = await open('#/label/1');
    await page.getByPlaceholder('Find or add a class').fill('tile');
    await page.keyboard.press('Enter');
    const areas = async () => {
      const rows = await page.getByRole('button', { name: /tile\s*mask/ }).allInnerTexts();
      return rows.map((text) => Number(text.replace(/^.*mask, ([0-9,]+) px.*$/s, '$1').replaceAll(',', '')));
    };

    await page.keyboard.press('w');
    await click(page, [50, 40]); // the light square of the picture, 100 x 75
    await eventually(async () => expect(await areas()).toEqual([100 * 75]));
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    await drag(page, [1, 1], [125, 100]);
    await page.waitForFunction(() =>
      document.querySelector('.label-surface')!.getAttribute('style')!.includes('crosshair'),
    );
    await keepPicture(page, 'label-find-light');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await areas()).toHaveLength(2));

    expect(Math.abs((await areas())[1]! - 100 * 75)).toBeLessThan(300);
    await page.keyboard.press('x');
    await page.mouse.move(...(await screenOf(page, [200, 150])));
    await keepPicture(page, 'label-crosshair-light');
  });

  test('the picture is shown lighter, by channel, without some of its objects; nothing of it is kept', async () => {
    await serve('image-object-detection', ['a.png', 'b.png']);
    const page = await open('#/label/2', { colorScheme: 'dark' });
    await page.getByRole('heading', { name: '1 object' }).waitFor();
    /** Means of red, green and blue round an image point. */
    const seen = async (at: readonly [number, number]): Promise<number[]> => {
      const [x, y] = await screenOf(page, at);
      const { channels } = await sharp(await page.screenshot({ clip: { x, y, width: 8, height: 8 } })).stats();
      return channels.slice(0, 3).map(({ mean }) => Math.round(mean));
    };
    const [red, green, blue] = (await seen([200, 60])) as [number, number, number];
    expect(green).toBeGreaterThan(red + 20);

    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'green', exact: true }).click();
    await eventually(async () => expect(await seen([200, 60])).toEqual([green, green, green]));
    await page.getByRole('slider', { name: /Brightness/ }).fill('0.2');
    await eventually(async () => expect((await seen([200, 60]))[0]).toBeGreaterThan(green + 40));
    await page.getByText('Difficult').last().click();
    await page.getByRole('heading', { name: '1 object 1 hidden' }).waitFor();
    await keepPicture(page, 'label-view-dark');
    await page.getByRole('button', { name: 'Show all objects' }).click();
    await page.getByRole('button', { name: 'Picture as it is' }).click();
    await eventually(async () => expect(await seen([200, 60])).toEqual([red, green, blue]));
    await page.getByRole('button', { name: 'Hide bolt' }).click();
    await page.getByRole('heading', { name: '1 object 1 hidden' }).waitFor();
    expect(stored(2).objects).toHaveLength(1);
  });

  test('what a model proposes is seen as such, sifted, accepted and rejected, by hand and by key', async () => {
    await serve('image-object-detection', ['a.png', 'b.png'], (db) => {
      const run_id = createRun(db, newRun({ classes: ['bolt', 'nut'], model: 'yolox_nano' }));
      upsertEpoch(db, run_id, { ...madeEpoch(1), metrics: { accuracy: 0.7 }, valid_loss: null });
      const object = (class_name: string, score: number, x: number) => {
        return { class_name, score, xyxy: [x, 40, x + 60, 100] as const, polygon: null };
      };
      const found = {
        kind: 'objects',
        objects: [object('nut', 0.9, 20), object('bolt', 0.8, 120), object('nut', 0.3, 220)],
      } as const;
      putPrediction(db, {
        run_id,
        image_id: 1,
        made_at_ms: 5,
        found,
        entropy01: 1,
        closeness01: 1,
        disagreement01: null,
      });
    });
    const page = await open('#/label/1', { colorScheme: 'dark' });
    const panel = page.getByRole('region', { name: 'Model' });
    await panel.getByText('2 proposals').waitFor();
    await page.getByRole('slider', { name: /Sure from/ }).fill('0.2');
    await panel.getByText('3 proposals').waitFor();
    await keepPicture(page, 'label-proposals-dark');

    await click(page, [150, 70]);
    await page.getByRole('heading', { name: '1 object' }).waitFor();
    await panel.getByRole('button', { name: 'Reject nut, 30 %' }).click();
    await panel.getByText('1 proposal', { exact: true }).waitFor();
    await page.keyboard.press('y');
    await page.getByRole('heading', { name: '2 objects' }).waitFor();
    await eventually(() => expect(stored(1).objects.map(([name]) => name)).toEqual(['bolt', 'nut']));
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await panel.getByText('3 proposals').waitFor();
    expect(stored(1).objects).toEqual([]);
  });

  test('looks right in the dark at twice the pixels, and says what keys do', async () => {
    await serve('image-object-detection', ['a.png', 'b.png']);
    const page = await open('#/label/2', { colorScheme: 'dark', deviceScaleFactor: 2 });
    await page.getByRole('heading', { name: '1 object' }).waitFor();
    await page.getByRole('button', { name: /bolt.*px/ }).click();
    await keepPicture(page, 'label-dark');
    /** How light the middle of a handle is. */
    const handle = async (): Promise<number> => {
      const [x, y] = await screenOf(page, [300, 200]);
      const { channels } = await sharp(
        await page.screenshot({ clip: { x: x - 1, y: y - 1, width: 2, height: 2 } }),
      ).stats();
      return channels[0]!.mean;
    };
    expect(await handle()).toBeLessThan(60);
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually(async () => expect(await handle()).toBeGreaterThan(240));
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually(async () => expect(await handle()).toBeLessThan(60));

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'What keys do' }).waitFor();
    await keepPicture(page, 'label-keys-dark');
    await page.getByRole('button', { name: 'Key for: box', exact: true }).click();
    await page.keyboard.press('c');
    await page.getByRole('button', { name: 'Key for: box', exact: true }).getByText('C').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('c');
    await page.getByRole('button', { name: 'Box C', pressed: true }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Box C' }).waitFor();
  });
});

test('an image that is not there, and a project without any, say where to go on', async () => {
  await serve('image-classification', []);
  const page = await open('#/label/99');
  await page.getByRole('heading', { name: 'This image cannot be labelled' }).waitFor();
  await page.getByRole('link', { name: 'Label another' }).click();
  await page.getByRole('heading', { name: 'There are no images yet' }).waitFor();
  await keepPicture(page, 'label-empty-light');
  await page.getByRole('link', { name: 'Import images' }).click();
  await page.getByRole('heading', { name: 'What to import' }).waitFor();
});

test('classes of whole images are given by number, one of them, and taken back', async () => {
  await serve('image-classification', ['a.png', 'b.png']);
  const page = await open('#/label');
  await page.getByText('1 of 2').waitFor();

  for (const name of ['sea', 'dunes']) {
    await page.keyboard.press('/');
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await eventually(() => expect(stored(1).labels).toEqual([name]));
  }
  await page.keyboard.press('Control+z');
  await eventually(() => expect(stored(1).labels).toEqual(['sea']));
  await page.keyboard.press('n');
  await page.getByText('2 of 2').waitFor();
  await page.getByText('Not labelled yet').waitFor();
});
