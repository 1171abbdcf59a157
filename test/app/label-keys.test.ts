/** Everything that can be done to images on the canvas, by the keyboard alone: no test here moves or presses a pointer. */

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { shapeArea, shapeXyxy } from '../../native-models/geometry/shape.ts';
import { ACTIONS } from '../../renderer/label/actions.ts';
import { TOOLS } from '../../renderer/label/tools/toolbox.ts';
import { eventually } from '../kit/eventually.ts';
import { DARK_AREA, LIGHT, LIGHT_AREA, openWalk, type Walk } from '../kit/walk-window.ts';
import { keepPicture } from '../kit/window.ts';

/** The objects of an image, once there are so many and the window knows. */
async function objectsOf({ engine, page }: Walk, image: number, count: number) {
  const told = () => engine.labelling().document(image).annotations;
  await eventually(() => expect(told()).toHaveLength(count));
  await page.locator('.label-saved', { hasText: 'Saving' }).waitFor({ state: 'detached' });
  return told().map((one) => ({
    ...{ name: one.class_name, kind: one.shape.kind, marks: one, track: one.track?.role },
    ...{ area: Math.round(shapeArea(one.shape)), xyxy: shapeXyxy(one.shape).map(Math.round) },
  }));
}

/** How large the picture is shown. */
async function percentOf(page: Page): Promise<number> {
  return Number((await page.getByRole('button', { name: / %$/ }).innerText()).replace(' %', ''));
}

async function lastOf(walk: Walk, image: number, count: number) {
  return (await objectsOf(walk, image, count)).at(-1)!;
}

/** Boxes, polygons and what is done to their corners. */
async function drawOutlines(walk: Walk): Promise<void> {
  const { page, keys } = walk;
  await keys.give('find-class');
  await keys.type('part 03');
  await keys.press('Enter');
  await keys.give('tool-box');
  await keys.press('ArrowRight'); // the pointer is nowhere, so keys draw from here on
  await keys.hear('201, 150');
  await keys.tap([150, 20], [190, 50]);
  expect(await lastOf(walk, 1, 1)).toMatchObject({ name: 'part 03', kind: 'box', xyxy: [150, 20, 190, 50] });
  await keys.hear('chosen: part 03, box, 150, 20 to 190, 50, 1 out of 1');
  await keys.to([210, 20]);
  await page.keyboard.down('Space'); // as a button that is held
  await keys.to([230, 40]);
  await keepPicture(page, 'keys-box');
  await page.keyboard.up('Space');
  expect(await lastOf(walk, 1, 2)).toMatchObject({ xyxy: [210, 20, 230, 40] });
  await keys.give('tool-extreme');
  await keys.tap([260, 20], [250, 30], [260, 44], [275, 30]);
  expect(await lastOf(walk, 1, 3)).toMatchObject({ xyxy: [250, 20, 275, 44] });
  await keys.give('tool-polygon');
  await keys.tap([300, 20], [360, 20], [360, 60], [300, 60]);
  await keys.press('Enter');
  expect(await lastOf(walk, 1, 4)).toMatchObject({ kind: 'polygon', area: 60 * 40 });
  await keys.give('tool-cut');
  await keys.tap([310, 30], [320, 30], [320, 40], [310, 40]);
  await keys.press('Enter');
  await eventually(async () => expect((await lastOf(walk, 1, 4)).area).toBe(60 * 40 - 100));
  await keys.give('tool-fill');
  await keys.tap([315, 35]);
  await eventually(async () => expect((await lastOf(walk, 1, 4)).area).toBe(60 * 40));
  await keys.hear('fill');

  await keys.give('tool-select', 'corner-next');
  expect(await keys.at()).toEqual([300, 20]);
  await keys.give('corner-next', 'corner-next', 'corner-previous');
  expect(await keys.at()).toEqual([360, 20]);
  await keys.carry([360, 20], [380, 20]); // a corner is bent
  await eventually(async () => expect((await lastOf(walk, 1, 4)).area).toBe(60 * 40 + 400));
  await keys.to([330, 20]);
  await keys.press('Alt+Enter'); // a corner more, on the edge
  await eventually(() => expect(walk.engine.labelling().document(1).undo).toBe('add corner'));
  await lastOf(walk, 1, 4); // the window knows as well
  await keys.press('Alt+Enter'); // and away again
  await eventually(() => expect(walk.engine.labelling().document(1).undo).toBe('remove corner'));
  await lastOf(walk, 1, 4);
  await keys.carry([340, 40], [340, 50]); // the whole of it is moved
  await eventually(async () => expect((await lastOf(walk, 1, 4)).xyxy).toEqual([300, 30, 380, 70]));
  await keys.tap([220, 30]);
  await keys.carry([210, 30], [200, 30]); // a handle, to the west
  await eventually(async () => expect((await objectsOf(walk, 1, 4))[1]!.xyxy).toEqual([200, 20, 230, 40]));
}

/** Bitmaps: painted, and found by pixels and by a model. */
async function paint(walk: Walk): Promise<void> {
  const { page, keys } = walk;
  await keys.give('next');
  await page.getByText('2 of 6', { exact: true }).waitFor();
  await keys.hear('image 2 out of 6, 0 objects, To do');
  await keys.give('tool-brush', 'brush-larger', 'brush-smaller', 'brush-softer', 'brush-harder');
  await keys.hear('hardness 100 per cent');
  const [nib, scale] = [(await page.locator('.label-nib').boundingBox())!, await percentOf(page)];
  expect(nib.width / (scale / 100)).toBeCloseTo(20, 0);
  await keys.carry([160, 60], [200, 60]);
  const [, top, , bottom] = (await lastOf(walk, 2, 1)).xyxy;
  expect(bottom! - top!).toBe(20);
  await keys.give('tool-eraser');
  await keys.tap([200, 60]);
  await eventually(async () => expect((await lastOf(walk, 2, 1)).xyxy[2]).toBeLessThan(200));

  await keys.press('Escape'); // lets go, so that a bitmap of its own begins
  await keys.give('tool-wand', 'brush-larger', 'brush-smaller');
  await keys.hear('colours within 24 levels');
  await keys.tap([80, 70]);
  expect(await lastOf(walk, 2, 2)).toMatchObject({ area: LIGHT_AREA, xyxy: LIGHT });
  await keys.press('Alt+Enter'); // takes the same away again
  await objectsOf(walk, 2, 1);
  await keys.give('undo');
  await objectsOf(walk, 2, 2);
  await keys.hear('taken back: erase, 2 objects');
  await keys.give('redo');
  await objectsOf(walk, 2, 1);
  await keys.hear('done again: erase, 1 object');
  await keys.give('tool-superpixels');
  await keys.carry([300, 200], [310, 200]);
  expect((await lastOf(walk, 2, 2)).area).toBeGreaterThan(50);

  await keys.press('Escape');
  await keys.give('tool-refine');
  await keys.tap([220, 140], [360, 260]);
  await keys.hear('found, Enter keeps it');
  await keys.press('Enter');
  expect(Math.abs((await lastOf(walk, 2, 3)).area - DARK_AREA)).toBeLessThan(300);
  await keys.give('tool-click');
  await keys.tap([80, 70]);
  await keys.hear('found, Enter keeps it');
  await keys.press('Enter');
  expect(Math.abs((await lastOf(walk, 2, 4)).area - LIGHT_AREA)).toBeLessThan(1000);
  await keys.give('tool-measure');
  await keys.tap([50, 200], [150, 200]);
  await keepPicture(page, 'keys-ruler');
}

/** What is chosen: copied, joined, made into something else, marked, given classes. */
async function change(walk: Walk): Promise<void> {
  const { page, keys, engine } = walk;
  const chooseAll = async (count: number) => {
    await keys.press('Escape');
    await keys.give('choose-all');
    await keys.hear(`${count} chosen`);
  };
  await keys.give('next');
  await page.getByText('3 of 6', { exact: true }).waitFor();
  await keys.give('tool-box');
  await keys.tap([40, 40], [100, 100], [80, 80], [140, 140]);
  await objectsOf(walk, 3, 2);
  await chooseAll(2);
  await keys.give('intersect');
  expect(await lastOf(walk, 3, 1)).toMatchObject({ area: 400 });
  await keys.give('undo');
  await objectsOf(walk, 3, 2);
  await chooseAll(2);
  await keys.give('subtract');
  expect(await lastOf(walk, 3, 1)).toMatchObject({ area: 3600 - 400 });
  await keys.give('undo');
  await objectsOf(walk, 3, 2);
  await chooseAll(2);
  await keys.give('join');
  expect(await lastOf(walk, 3, 1)).toMatchObject({ kind: 'polygon', area: 7200 - 400 });
  for (const [id, kind, area] of [
    ['to-mask', 'mask', 6800],
    ['to-polygon', 'polygon', 6800],
    ['to-box', 'box', 10_000],
  ] as const) {
    await keys.give(id);
    await eventually(async () => expect(await lastOf(walk, 3, 1)).toMatchObject({ kind, area }));
  }
  for (const [id, mark] of [
    ['mark-crowd', 'is_crowd'],
    ['mark-difficult', 'is_difficult'],
    ['mark-occluded', 'is_occluded'],
    ['mark-truncated', 'is_truncated'],
  ] as const) {
    await keys.give(id);
    await eventually(async () => expect((await lastOf(walk, 3, 1)).marks).toMatchObject({ [mark]: true }));
  }
  await keys.press('1', '2'); // the twelfth class
  await eventually(async () => expect((await lastOf(walk, 3, 1)).name).toBe('part 12'));
  await keys.press('7', 'Enter');
  await keys.hear('class part 07');
  await keys.give('duplicate');
  await objectsOf(walk, 3, 2);
  await keys.give('copy', 'cycle', 'cycle-back', 'remove');
  await keys.hear('1 object');
  expect((await lastOf(walk, 3, 1)).xyxy).toEqual([40, 40, 140, 140]);
  await keys.give('next');
  await page.getByText('4 of 6', { exact: true }).waitFor();
  await keys.give('paste');
  expect((await lastOf(walk, 4, 1)).xyxy).toEqual([52, 52, 152, 152]);
  await keys.give('bring');
  expect((await lastOf(walk, 4, 2)).xyxy).toEqual([40, 40, 140, 140]);
  await keys.press('Escape', 'Escape'); // lets go, then leaves the picture
  await keys.give('cycle');
  await keys.press('Shift+ArrowRight', 'ArrowDown'); // which moves what is chosen
  await eventually(async () => expect((await objectsOf(walk, 4, 2))[0]!.xyxy).toEqual([62, 53, 162, 153]));
  expect(engine.labelling().document(4).undo).toBe('move');
}

/** What a model proposes, one by one and together. */
async function decide(walk: Walk): Promise<void> {
  const { page, keys } = walk;
  await keys.give('less-sure', 'surer', 'surer');
  await keys.hear('sure from 55 per cent: 3 proposals');
  await keys.give('surer');
  await keys.hear('sure from 60 per cent: 2 proposals');
  await keys.give('less-sure', 'canvas', 'tool-select');
  await keys.tap([30, 30]);
  expect(await lastOf(walk, 4, 3)).toMatchObject({ name: 'part 01', xyxy: [20, 20, 60, 60] });
  await keys.to([240, 40]);
  await keys.press('Alt+Enter'); // rejects
  const panel = page.getByRole('region', { name: 'Model' });
  await panel.getByText('1 proposal', { exact: true }).waitFor();
  await keys.give('accept');
  expect(await lastOf(walk, 4, 4)).toMatchObject({ xyxy: [120, 20, 160, 60] });
  await keys.give('next-disagreement');
  await page.getByText('5 of 6', { exact: true }).waitFor();
  await panel.getByText('3 proposals', { exact: true }).waitFor();
  await keys.tabTo(panel.getByRole('button', { name: 'Accept part 01, 80 %' }));
  await keys.press('Enter');
  expect(await lastOf(walk, 5, 1)).toMatchObject({ xyxy: [120, 20, 160, 60] });
  await keys.give('reject');
  await panel.getByText('0 proposals', { exact: true }).waitFor();
}

/** How the picture is seen, and the way to lists and back. */
async function look(walk: Walk): Promise<void> {
  const { page, keys } = walk;
  const percent = () => percentOf(page);
  const whole = await percent();
  await keys.give('canvas', 'zoom-in');
  await eventually(async () => expect(await percent()).toBeGreaterThan(whole));
  await keys.give('zoom-out', 'full-size');
  await eventually(async () => expect(await percent()).toBe(100));
  await keys.give('cycle', 'fit-chosen');
  await eventually(async () => expect(await percent()).toBeGreaterThan(1000)); // a grid of pixels
  await keepPicture(page, 'keys-grid');
  await keys.give('fit');
  await eventually(async () => expect(await percent()).toBe(whole));

  await keys.give('view');
  const view = page.getByRole('region', { name: 'View', exact: true });
  await keys.press('Tab', 'ArrowRight', 'ArrowRight');
  await view.getByText('0.10').waitFor();
  await keys.tabTo(view.getByRole('button', { name: 'green', exact: true }));
  await keys.press('Enter');
  await view.getByRole('button', { name: 'green', pressed: true }).waitFor();
  await keys.tabTo(view.getByRole('checkbox', { name: 'Difficult' }));
  await keys.press('Space');
  await page.getByRole('heading', { name: '1 object 1 hidden' }).waitFor();
  await keys.tabTo(view.getByRole('button', { name: 'Show all objects' }));
  await keys.press('Enter', 'Escape');
  await view.waitFor({ state: 'detached' });
  expect(await page.getByRole('application').evaluate((element) => element === document.activeElement)).toBe(true);
  await keys.give('hide-objects');
  await page.getByRole('heading', { name: '1 object 1 hidden' }).waitFor();
  await keys.give('hide-objects');

  await keys.give('region-next', 'region-next', 'region-previous');
  const within = (name: string) =>
    page.getByRole('region', { name }).evaluate((element) => element.contains(document.activeElement));
  expect(await within('Frames')).toBe(true);
  await keys.give('region-next', 'region-next');
  await keys.tabTo(page.getByRole('button', { name: 'Lock part 01' }));
  await keys.press('Enter');
  await page.getByRole('button', { name: 'Lock part 01', pressed: true }).waitFor();
  await keys.press('Enter');
  await keys.give('canvas');
  await keys.give('find-class');
  await keys.press('Escape');
  expect(await page.getByRole('application').evaluate((element) => element === document.activeElement)).toBe(true);
}

/** How far images are, and the way from one to another. */
async function review(walk: Walk): Promise<void> {
  const { page, keys } = walk;
  const isMarked = (state: string) => page.getByRole('button', { name: state, exact: true, pressed: true }).waitFor();
  await keys.give('review-done');
  await isMarked('Done');
  await keys.give('review-to-do');
  await isMarked('To do');
  await keys.give('review-accepted');
  await isMarked('Accepted');
  await keys.give('review-done');
  await isMarked('Done');
  await keys.give('next-unlabelled');
  await page.getByText('6 of 6', { exact: true }).waitFor();
  await keys.give('next-to-review');
  await page.getByText('5 of 6', { exact: true }).waitFor();
  await keys.give('review-rejected');
  await keys.type('one is missing');
  await keys.press('Enter');
  await isMarked('Rejected');
  await keys.give('history');
  await page
    .getByRole('dialog', { name: 'History of this image' })
    .getByText('mark rejected: one is missing')
    .waitFor();
  await keys.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await keys.give('help');
  await page.getByRole('dialog', { name: 'What keys do' }).waitFor();
  await keepPicture(page, 'keys-sheet');
  await keys.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await keys.give('previous');
  await page.getByText('4 of 6', { exact: true }).waitFor();
}

/** A box through frames. */
async function track(walk: Walk): Promise<void> {
  const { page, keys } = walk;
  const frameIs = (number: number) => page.getByText(new RegExp(`^frame \\d · ${number} of 6`)).waitFor();
  await keys.give('frame-previous');
  await frameIs(3);
  await keys.give('cycle', 'key-frame');
  await eventually(async () => expect((await lastOf(walk, 3, 1)).track).toBe('key'));
  for (const at of [4, 5, 6]) {
    await keys.give('frame-next');
    await frameIs(at);
  }
  await page.getByRole('button', { name: /make this a key frame/ }).waitFor();
  await keys.give('key-frame');
  expect((await lastOf(walk, 6, 1)).track).toBe('key');
  await keys.give('key-previous');
  await frameIs(3);
  await keys.give('track-fill');
  await objectsOf(walk, 4, 5);
  await keys.give('key-next');
  await frameIs(6);
  await keys.give('cycle', 'track-end');
  await eventually(async () => expect((await lastOf(walk, 6, 1)).track).toBe('end'));
}

test('every command is given and every tool draws by keys alone, and those who listen are told', async () => {
  const walk = await openWalk();

  await drawOutlines(walk);
  await paint(walk);
  await change(walk);
  await decide(walk);
  await look(walk);
  await review(walk);
  await track(walk);

  const commands = ACTIONS.flatMap(([, actions]) => actions.map(({ id }) => id));
  expect([...walk.keys.given].sort()).toEqual(commands.sort());
  const tools = Object.keys(TOOLS).map((name) => `tool-${name}`);
  expect(commands).toEqual(expect.arrayContaining(tools));
}, 180_000);
