/** Labelling in a real browser, over a real engine and a real project. */

import { expect, test, vi } from 'vitest';
import { addAnnotations } from '../../main/store/annotations.ts';
import { addClass } from '../../main/store/classes.ts';
import { NO_FLAGS } from '../../preload/contract/annotation-flags.ts';
import { eventually } from '../kit/eventually.ts';
import { clickOnImage, dragOnImage, labelDesk } from '../kit/label-desk.ts';
import { keepPicture } from '../kit/window.ts';

test('boxes and polygons are drawn, chosen, moved, renamed, removed and taken back, by hand and by key', async () => {
  const { open, stored } = await labelDesk('image-object-detection', 2);
  const page = await open('#/label');
  await page.getByText('1 of 2').waitFor();
  await page.getByPlaceholder('Find or add a class').fill('nut');
  await page.keyboard.press('Enter');

  await page.keyboard.press('b');
  await dragOnImage(page, [40, 50], [120, 130]);
  await page.getByRole('heading', { name: '1 object' }).waitFor();
  await page.keyboard.press('p');
  for (const at of [
    [200, 60],
    [280, 60],
    [240, 160],
  ] as const)
    await clickOnImage(page, at);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '2 objects' }).waitFor();
  await keepPicture(page, 'label-light');
  expect(stored(1).objects).toEqual([
    ['nut', [40, 50, 120, 130]],
    ['nut', [200, 60, 280, 160]],
  ]);

  await page.keyboard.press('v');
  await dragOnImage(page, [80, 90], [100, 100]);
  await eventually(() => expect(stored(1).objects[0]).toEqual(['nut', [60, 60, 140, 140]]));
  await page.keyboard.press('1'); // bolt, from the other image
  await eventually(() => expect(stored(1).objects[0]![0]).toBe('bolt'));
  await page.getByRole('button', { name: /bolt.*box/ }).waitFor();
  await page.keyboard.press('Delete');
  await eventually(() => expect(stored(1).objects).toHaveLength(1));
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z');
  await eventually(() => expect(stored(1).objects[0]).toEqual(['nut', [40, 50, 120, 130]]));

  await page.keyboard.press('r');
  await dragOnImage(page, [60, 200], [160, 220]);
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
  const { open, stored } = await labelDesk('image-object-detection', 2);
  const [one, two] = [await open('#/label/2'), await open('#/label/2')];
  await two.getByRole('heading', { name: '1 object' }).waitFor();
  await one.getByRole('heading', { name: '1 object' }).waitFor();

  await one.keyboard.press('b');
  await dragOnImage(one, [40, 50], [120, 130]);
  await two.getByRole('heading', { name: '2 objects' }).waitFor();
  await two.keyboard.press('Control+z');

  await one.getByRole('heading', { name: '1 object' }).waitFor();
  expect(stored(2).objects).toEqual([['bolt', [300, 200, 380, 280]]]);
});

test('what was done to the next image since it was brought ahead is on show there', async () => {
  const { engine, open } = await labelDesk('image-object-detection', 2);
  const told = vi.spyOn(engine.labelling(), 'document');
  const timesTold = () => told.mock.calls.filter(([image]) => image === 2).length;
  const [one, two] = [await open('#/label/1'), await open('#/label/2')];
  await two.getByRole('heading', { name: '1 object' }).waitFor();
  await eventually(() => expect(timesTold()).toBe(2));

  await two.keyboard.press('b');
  await dragOnImage(two, [40, 50], [120, 130]);
  await two.getByRole('heading', { name: '2 objects' }).waitFor();
  await one.keyboard.press('d');

  await one.getByRole('heading', { name: '2 objects' }).waitFor();
  expect(timesTold()).toBe(2);
});

test('an edit of many images reaches the canvas at once, and taken back it leaves what was done there since', async () => {
  const { engine, open, stored } = await labelDesk('image-object-detection', 2);
  const [canvas, data] = [await open('#/label/2'), await open('#/data')];
  await canvas.getByRole('heading', { name: '1 object' }).waitFor();
  await data.getByRole('option').nth(1).click();
  await data.getByRole('button', { name: /Say how far/ }).click();
  await data.getByRole('option', { name: 'Accepted' }).click();
  await canvas.getByRole('button', { name: 'Accepted', exact: true, pressed: true }).waitFor();
  await engine.data().edit({ kind: 'class-rename', name: 'bolt', to: 'screw' });
  await canvas.getByRole('button', { name: /screw.*box/ }).waitFor();

  await dragOnImage(canvas, [340, 240], [320, 230]);
  await canvas.keyboard.press('Shift+D');
  await canvas.getByRole('button', { name: 'Done', exact: true, pressed: true }).waitFor();
  for (let i = 0; i < 2; i++) {
    await data.getByRole('button', { name: 'Undo', exact: true }).click();
    await data.getByRole('button', { name: 'Redo', exact: true, disabled: false }).waitFor();
  }

  await data.getByRole('status').getByText('1 review of 2.png').waitFor();
  await keepPicture(data, 'data-left-light');
  await canvas.getByRole('button', { name: /bolt.*box/ }).waitFor();
  expect(stored(2).objects).toEqual([['bolt', [280, 190, 360, 270]]]);
  await canvas.getByRole('button', { name: 'Done', exact: true, pressed: true }).waitFor();
  await canvas.keyboard.press('Control+z');
  await canvas.keyboard.press('Control+z');
  await eventually(() => expect(stored(2).objects).toEqual([['bolt', [300, 200, 380, 280]]]));
});

test('images are done, accepted and rejected by key, found by that in the data browser, and the history says who', async () => {
  const { engine, open } = await labelDesk('image-object-detection', 3);
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
  const { open, stored } = await labelDesk('image-object-detection', 2, (db) => {
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
  const { engine, open } = await labelDesk('image-object-detection', 2);
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

test('an image that is not there, and a project without any, say where to go on', async () => {
  const { open } = await labelDesk('image-classification', 0);
  const page = await open('#/label/99');
  await page.getByRole('heading', { name: 'This image cannot be labelled' }).waitFor();
  await page.getByRole('link', { name: 'Label another' }).click();
  await page.getByRole('heading', { name: 'There are no images yet' }).waitFor();
  await keepPicture(page, 'label-empty-light');
  await page.getByRole('link', { name: 'Import images' }).click();
  await page.getByRole('heading', { name: 'What to import' }).waitFor();
});

test('classes of whole images are given by number, one of them, and taken back', async () => {
  const { open, stored } = await labelDesk('image-classification', 2);
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
