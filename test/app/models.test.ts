/** Models from elsewhere in a real browser, over a real engine: added, mapped, tried, and asked beside runs. */

import { expect, test } from 'vitest';
import { openEngine } from '../../main/engine.ts';
import { ensureClass } from '../../main/store/classes.ts';
import type { WriteDb } from '../../main/store/db.ts';
import { upsertEpoch } from '../../main/store/epochs.ts';
import { createRun } from '../../main/store/runs.ts';
import { FakeClock } from '../kit/clock.ts';
import { tempFolder } from '../kit/folders.ts';
import { madeEpoch } from '../kit/made-runs.ts';
import { picturedProject } from '../kit/pictured-project.ts';
import { picture } from '../kit/pictures.ts';
import { newRun } from '../kit/runs.ts';
import { servedWindow } from '../kit/served-window.ts';
import { boxFinder, writeModel } from '../kit/tiny-models.ts';
import { keepPicture, seriousViolations } from '../kit/window.ts';

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
  const engine = openEngine(folder, {
    ...{
      clock: new FakeClock(),
      logBug: (error: unknown) => bugs.push(error),
      home: tempFolder(),
      threads: 1,
      roots: null,
    },
  });
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
  await page.getByText('boxes in "boxes", labels in "labels" where 0 is the background').waitFor();
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
