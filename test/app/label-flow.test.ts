/** From image to image, and edits of many from the canvas, in a real browser over a real engine. */

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { dragOnImage, labelDesk, screenOf } from '../kit/label-desk.ts';
import { openWalk } from '../kit/walk-window.ts';
import { keepPicture } from '../kit/window.ts';

/** Whether the middle of the picture's layer has a colour. */
const seenPicture = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.konvajs-content canvas')!;
    return canvas.getContext('2d')!.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data[3] === 255;
  });

test('work goes on over the next image with the tool in hand, and what is seen there and back is of that image', async () => {
  const { open, stored } = await labelDesk('image-object-detection', 3);
  const page = await open('#/label/1');
  await page.getByText('1 of 3').waitFor();
  await page.keyboard.press('b');
  for (const [image, count] of ['1 object', '2 objects', '1 object'].entries()) {
    await page.getByText(`${image + 1} of 3`).waitFor();
    await dragOnImage(page, [40 + image, 50], [120 + image, 130]);
    await page.getByRole('heading', { name: count }).waitFor();
    await page.keyboard.press('d');
  }

  await page.keyboard.press('a');
  await page.getByRole('heading', { name: '2 objects' }).waitFor();

  const boxes = (image: number) => stored(image).objects.map(([, [x0]]) => x0);
  expect([boxes(1), boxes(2), boxes(3)]).toEqual([[40], [300, 41], [42]]);
  expect(await page.getByRole('button', { name: 'Box B' }).getAttribute('aria-pressed')).toBe('true');
  expect([page.url().split('#')[1], await seenPicture(page)]).toEqual(['/label/2', true]);
  await page.goBack();
  await page.getByText('3 of 3').waitFor();
});

test('keys pressed before an image, or which it is, is there are obeyed in their order, each on the image it is for', async () => {
  const { engine, open, stored } = await labelDesk('image-object-detection', 4);
  const page = await open('#/label/1');
  const { keyboard } = page;
  await page.locator('.label-page').waitFor();
  const wide = Array.from({ length: 20 }, () => ['ArrowRight', 'ArrowDown']).flat();
  const box = ['Space', ...wide, 'Space'];

  for (const key of ['Home', 'b', ...box, 'Shift+D', 'd', ...box, 'Shift+D', 'd', 'Shift+A']) await keyboard.press(key);
  for (const key of ['m', 'Shift+R']) await keyboard.press(key); // the first is the next that is done
  await keyboard.type('too wide');
  for (const key of ['Enter', 'n']) await keyboard.press(key);

  await page.getByText('4 of 4').waitFor();
  const reviews = [1, 2, 3, 4].map((image) => engine.labelling().document(image).review);
  expect(reviews.map(({ state, note }) => `${state} ${note}`.trim())).toEqual([
    ...['rejected too wide', 'done', 'accepted', 'to-do'],
  ]);
  const sides = (image: number) => stored(image).objects.map(([, [x0, y0, x1, y1]]) => [x1! - x0!, y1! - y0!]);
  expect([sides(1), sides(2), sides(3)]).toEqual([
    [[20, 20]],
    [
      [80, 80],
      [20, 20],
    ],
    [],
  ]);
  expect(await page.getByRole('application').evaluate((element) => element === document.activeElement)).toBe(true);
});

/** Whether anything is drawn of a gesture: on the last of the layers. */
const seenDraft = (page: Page) =>
  page.evaluate(() => {
    const canvas = [...document.querySelectorAll<HTMLCanvasElement>('.konvajs-content canvas')].at(-1)!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.some((level, i) => i % 4 === 3 && level > 0);
  });

test('what a click would find is shown where the pointer, or the crosshair, rests, unless that is switched off', async () => {
  const { page, engine, keys } = await openWalk();
  const at = await screenOf(page, [80, 70]);
  const rest = () => page.mouse.move(...at);
  await page.keyboard.press('c');

  await rest();
  await eventually(async () => expect(await seenDraft(page)).toBe(true));
  await keepPicture(page, 'click-preview-light');
  await page.mouse.move(600, 5); // on the bar above
  await eventually(async () => expect(await seenDraft(page)).toBe(false));
  await page.keyboard.press('Home');
  await keys.to([80, 70]);
  await eventually(async () => expect(await seenDraft(page)).toBe(true));
  await keys.press('Space');
  await keys.press('Enter'); // which waits for what is found
  await page.getByRole('heading', { name: '1 object' }).waitFor();

  const words = 'Show what a click would find';
  await page.locator('.tick', { hasText: words }).click();
  expect(await page.getByRole('checkbox', { name: words }).isChecked()).toBe(false);
  await keepPicture(page, 'click-panel-light');
  await page.keyboard.press('Escape'); // lets go of the object, wherever the focus is
  await eventually(async () => expect(await seenDraft(page)).toBe(false));
  await rest();
  await page.mouse.down();
  expect(await seenDraft(page)).toBe(false);
  await page.mouse.up();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '2 objects' }).waitFor();
  expect(engine.labelling().document(1).annotations).toHaveLength(2);
});

test('an edit of many images taken back from the canvas by Ctrl+K says what it was, and what it has left', async () => {
  const { engine, open } = await labelDesk('image-object-detection', 2);
  const page = await open('#/label/2');
  await page.getByRole('heading', { name: '1 object' }).waitFor();
  await engine.data().edit({ kind: 'review', ids: [1, 2], review: { state: 'accepted', note: '' } });
  await page.getByRole('button', { name: 'Accepted', exact: true, pressed: true }).waitFor();
  await page.keyboard.press('Shift+D');
  await page.getByRole('button', { name: 'Done', exact: true, pressed: true }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: 'Page or action' }).waitFor();

  await page.keyboard.type('Undo the last edit');
  await page.locator('[role="menuitem"][data-focused]').getByText('Undo the last edit').waitFor();
  await page.keyboard.press('Enter');

  const said = page.getByRole('dialog').getByRole('status');
  await said.getByText('Taken back: mark 2 images accepted. Some of it stays as it is.').waitFor();
  expect(await said.innerText()).toContain('1 review of 2.png');
  await keepPicture(page, 'palette-left-light');
  await page.keyboard.press('Enter');
  await said.getByText('There is no edit to take back.').waitFor();
  await page.keyboard.press('Escape'); // what was typed
  await page.keyboard.press('Escape');
  await said.waitFor({ state: 'detached' });
  expect([1, 2].map((image) => engine.labelling().document(image).review.state)).toEqual(['to-do', 'done']);
});
