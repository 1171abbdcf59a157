/** Labelling by the pixels, the picture as it is shown, and what a model proposes on it; in a real browser. */

import sharp from 'sharp';
import { expect, test } from 'vitest';
import { upsertEpoch } from '../../main/store/epochs.ts';
import { putPrediction } from '../../main/store/predictions.ts';
import { createRun } from '../../main/store/runs.ts';
import { eventually } from '../kit/eventually.ts';
import { clickOnImage, dragOnImage, labelDesk, screenOf } from '../kit/label-desk.ts';
import { madeEpoch } from '../kit/made-runs.ts';
import { newRun } from '../kit/runs.ts';
import { keepPicture } from '../kit/window.ts';

test('a wand and a box find objects by their pixels, in a thread of their own', async () => {
  const { open } = await labelDesk('image-instance-segmentation', 1);
  const page = await open('#/label/1');
  await page.getByPlaceholder('Find or add a class').fill('tile');
  await page.keyboard.press('Enter');
  const areas = async () => {
    const rows = await page.getByRole('button', { name: /tile\s*mask/ }).allInnerTexts();
    return rows.map((text) => Number(text.replace(/^.*mask, ([0-9,]+) px.*$/s, '$1').replaceAll(',', '')));
  };

  await page.keyboard.press('w');
  await clickOnImage(page, [50, 40]); // the light square of the picture, 100 x 75
  await eventually(async () => expect(await areas()).toEqual([100 * 75]));
  await page.keyboard.press('Escape');
  await page.keyboard.press('o');
  await dragOnImage(page, [1, 1], [125, 100]);
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
  const { open, stored } = await labelDesk('image-object-detection', 2);
  const page = await open('#/label/2', { colorScheme: 'dark' });
  await page.getByRole('heading', { name: '1 object' }).waitFor();
  /** Means of red, green and blue round an image point. */
  const seen = async (at: readonly [number, number]): Promise<number[]> => {
    const [x, y] = await screenOf(page, at);
    const { channels } = await sharp(await page.screenshot({ clip: { x, y, width: 8, height: 8 } })).stats();
    return channels.slice(0, 3).map(({ mean }) => Math.round(mean));
  };
  let [red, green, blue] = [0, 0, 0];
  await eventually(async () => {
    [red, green, blue] = (await seen([200, 60])) as [number, number, number];
    expect(green).toBeGreaterThan(red + 20); // the picture, and not the ground it is yet to come on
  });

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
  const { open, stored } = await labelDesk('image-object-detection', 2, (db) => {
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

  await clickOnImage(page, [150, 70]);
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
  const { open } = await labelDesk('image-object-detection', 2);
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
