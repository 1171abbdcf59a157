/** Models from elsewhere in a real browser, over a real engine: added, mapped, tried, and asked beside runs. */

import { expect, test } from 'vitest';
import { openEngine } from '../../main/engine.ts';
import { ensureClass } from '../../main/store/classes.ts';
import type { WriteDb } from '../../main/store/db.ts';
import { upsertEpoch } from '../../main/store/epochs.ts';
import { createRun } from '../../main/store/runs.ts';
import { bitmapFromMask } from '../../native-models/geometry/mask.ts';
import { clickDecoder, clickEncoder } from '../kit/click-pair.ts';
import { FakeClock } from '../kit/clock.ts';
import { eventually } from '../kit/eventually.ts';
import { tempFolder } from '../kit/folders.ts';
import { madeEpoch } from '../kit/made-runs.ts';
import { onCanvas } from '../kit/on-canvas.ts';
import { picturedProject } from '../kit/pictured-project.ts';
import { picture } from '../kit/pictures.ts';
import { newRun } from '../kit/runs.ts';
import { servedWindow } from '../kit/served-window.ts';
import { describeWithShared, sharedPath } from '../kit/shared.ts';
import { boxFinder, writeModel } from '../kit/tiny-models.ts';
import { keepPicture, seriousViolations } from '../kit/window.ts';

const engineOptions = (bugs: unknown[]) => ({
  clock: new FakeClock(),
  logBug: (error: unknown) => bugs.push(error),
  ...{ home: tempFolder(), threads: 1, roots: null },
});

/** Of the tiny pair that answers clicks. */
const CLICK_SIDE = 256;
/** On the first picture of fruits, in its pixels: a date, and the dark side of a fig. */
const FRUIT = [164, 202] as const;
const FIG = [428, 204] as const;

const lit = (width: number) => picture(320, 160, (x) => (x < width ? [255, 250, 240] : [90, 110, 90]));

/** A run that says it has a model, whose file is gone. */
function addRun(db: WriteDb): void {
  ensureClass(db, 'bolt');
  const run = createRun(db, newRun({ classes: ['bolt'], model: 'yolox_nano' }));
  upsertEpoch(db, run, { ...madeEpoch(1), metrics: { accuracy: 0.7 }, valid_loss: null });
}

test('a model is added by its file, mapped and tried, and asked about images beside runs; one that fails says why', async () => {
  const folder = await picturedProject('image-object-detection', [lit(100), lit(60)], addRun);
  const bugs: unknown[] = [];
  const engine = openEngine(folder, engineOptions(bugs));
  const { page, server } = await servedWindow(engine, { closed: () => engine.close(), bugs });
  await page.goto(`${server.url}/#/data`);
  const askAboutAll = async () => {
    await page.getByRole('option').first().click();
    await page.keyboard.press('Escape');
    await page
      .getByRole('option')
      .first()
      .click({ modifiers: ['Control'] });
    await page
      .getByRole('option')
      .last()
      .click({ modifiers: ['Control'] });
    await page.getByRole('button', { name: 'Ask a model …' }).click();
    return page.getByRole('dialog', { name: 'Ask a model about 2 images' });
  };

  const dialog = await askAboutAll();
  await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
  await dialog.getByRole('alert').getByText('The model was not asked').waitFor();
  await dialog.getByRole('link', { name: 'Add a model from elsewhere' }).click();
  await page.getByRole('heading', { name: 'Models from elsewhere' }).waitFor();
  const form = page.getByRole('form', { name: 'Model' });
  await form.getByRole('textbox', { name: 'ONNX file, or the folder of a bundle' }).fill('/no/such/file.onnx');
  await form.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('alert').getByText('does not exist').waitFor();

  const file = writeModel(tempFolder(), 'finder.onnx', boxFinder(16));
  await form.getByRole('textbox', { name: 'ONNX file, or the folder of a bundle' }).fill(file);
  await form.getByRole('button', { name: 'Look at it' }).click();
  await page.getByText('labels in "labels" where 0 is the background').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Finder');
  await page.getByRole('button', { name: 'Try it on this image' }).click();
  await page.getByRole('img', { name: 'What the model found' }).getByText('bolt').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await keepPicture(page, 'models-light');
  await page.getByRole('button', { name: 'Add it to the project' }).click();
  await page.getByRole('region', { name: 'Models' }).getByText('Finder', { exact: true }).waitFor();

  await page.getByRole('link', { name: 'Data', exact: true }).first().click();
  const again = await askAboutAll();
  await again.getByRole('button', { name: /Run or model/ }).click();
  await page.getByRole('option', { name: /m0001 Finder/ }).click();
  await again.getByRole('button', { name: 'Ask', exact: true }).click();
  await again.getByText('2 images looked at.').waitFor();
  await keepPicture(page, 'ask-model-light');
  expect(engine.labelling().document(2).proposals).toMatchObject({
    run_id: 'm0001',
    objects: [{ class_name: 'bolt' }],
  });

  await page.goto(`${server.url}/#/label/1`);
  const panel = page.getByRole('region', { name: 'Model' });
  await page.getByRole('slider', { name: /Sure from/ }).fill('0.1');
  await panel.getByText('1 proposal', { exact: true }).waitFor();
  await page.keyboard.press('y');
  await page.getByRole('heading', { name: '1 object' }).waitFor();
  await page.keyboard.press('Shift+N');
  await page.getByRole('alert').getByText('Two models disagree on no other image.').waitFor();
});

describeWithShared('clicks on a real picture', ['data/fruits-nuts/images'], () => {
  test('find what has the colour of the fruit, less what is clicked away, and are kept by Enter', async () => {
    const files = ['0.jpg', '1.jpg'].map((name) => sharedPath('data/fruits-nuts/images', name));
    const folder = await picturedProject('image-instance-segmentation', files, (db) => void ensureClass(db, 'date'));
    const bugs: unknown[] = [];
    const engine = openEngine(folder, engineOptions(bugs));
    const models = tempFolder();
    const encoder = writeModel(models, 'encoder.onnx', clickEncoder(CLICK_SIDE));
    const decoder = writeModel(models, 'decoder.onnx', clickDecoder(CLICK_SIDE));
    const { page, server } = await servedWindow(engine, { closed: () => engine.close(), bugs });
    await page.goto(`${server.url}/#/models`);
    const form = page.getByRole('form', { name: 'Model' });
    await form.getByRole('textbox', { name: 'ONNX file, or the folder of a bundle' }).fill(encoder);
    await form.getByText('Names of its classes, and models that are clicked').click();
    await form.getByRole('textbox', { name: 'Second file, which answers clicks' }).fill(decoder);
    await form.getByRole('button', { name: 'Look at it' }).click();
    await page.getByText('the first file hands over "image_embeddings"').waitFor();
    await page.getByRole('textbox', { name: 'Levels divided by' }).fill('255');
    await page.getByRole('textbox', { name: 'Then less (mean)' }).fill('0, 0');
    await page.getByText('three numbers: red, green, blue').waitFor();
    await page.getByRole('textbox', { name: 'Then less (mean)' }).fill('0, 0, 0');
    await page.getByRole('textbox', { name: 'Then divided by (deviation)' }).fill('1 1 1');
    await page.getByRole('button', { name: 'Try it on this image' }).click();
    await page.getByRole('img', { name: 'What the model found' }).getByText('what is in the middle').waitFor();
    await keepPicture(page, 'models-click-light');
    await page.getByRole('button', { name: 'Add it to the project' }).click();
    await page.getByRole('region', { name: 'Models' }).getByText('answers clicks on the canvas').waitFor();

    await page.goto(`${server.url}/#/label/1`);
    const surface = page.getByRole('application');
    await page.getByText('1 of 2').waitFor();
    const { screenOf } = await onCanvas(page, { width: 800, height: 600 });

    await page.keyboard.press('c');
    await page.getByRole('region', { name: 'Click object' }).waitFor();
    await page.mouse.click(...screenOf(...FRUIT));
    const found = () => surface.evaluate((element) => getComputedStyle(element).cursor);
    await eventually(async () => expect(await found()).toBe('crosshair'));
    await keepPicture(page, 'label-click-light');
    await page.keyboard.down('Alt');
    await page.mouse.click(...screenOf(...FIG));
    await page.keyboard.up('Alt');
    await eventually(async () => expect(await found()).toBe('crosshair'));
    await keepPicture(page, 'label-click-away-light');
    await eventually(async () => {
      await page.keyboard.press('Enter'); // means nothing before there is an answer
      expect(engine.labelling().document(1).annotations).toHaveLength(1);
    });
    const [object] = engine.labelling().document(1).annotations;
    const mask = object!.shape.kind === 'mask' ? object!.shape.mask : null;
    const bitmap = bitmapFromMask(mask!);
    const at = ([x, y]: readonly [number, number]) => bitmap[y * mask!.width + x];
    expect([object!.class_name, at(FRUIT), at(FIG)]).toEqual(['date', 1, 0]);
    await page.mouse.click(...screenOf(...FRUIT));
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+z');
    await eventually(() => expect(engine.labelling().document(1).annotations).toEqual([]));
  });
});
