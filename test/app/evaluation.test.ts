/** What the window shows of a run that was judged. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { eventually } from '../kit/eventually.ts';
import { madeEvaluation, madeLabelEvaluation, madeObjectEvaluation } from '../kit/made-evaluations.ts';
import { madeEpoch, madeRun } from '../kit/made-runs.ts';
import { MemoryEngine, SIGN_PROJECT } from '../kit/memory-engine.ts';
import { startServer, type TestServer } from '../kit/server.ts';
import { keepPicture, openWindow, type TestWindow, testBrowser } from '../kit/window.ts';

const SCENES = ['desert', 'mountains', 'sea', 'sunset', 'trees'];
const MANY = Array.from({ length: 60 }, (_, i) => `kind of bird number ${i + 1}`);

let browser: Browser;
let rendererFolder: string;
let engine: MemoryEngine;
let server: TestServer;
let window: TestWindow;
beforeAll(async () => {
  [browser, rendererFolder] = await Promise.all([testBrowser(), builtRenderer()]);
});
afterAll(() => browser?.close());

beforeEach(async () => {
  engine = new MemoryEngine(SIGN_PROJECT, [madeRun(1, 15), madeRun(2, 7, { state: 'running' })]);
  server = await startServer(engine, { rendererFolder });
});
afterEach(async () => {
  const { complaints } = window;
  await window.context.close();
  await server.close();
  expect(complaints).toEqual([]);
});

async function open(run = 'r0001', options: Parameters<typeof openWindow>[2] = {}): Promise<Page> {
  window = await openWindow(browser, server.newLink(), options);
  await window.page.locator(`a.run-link:text-is("${run}")`).click();
  return window.page;
}

const evaluationOf = (page: Page) => page.getByRole('region', { name: 'Evaluation', exact: true });

describe('an evaluation of one class an image', () => {
  beforeEach(() => {
    engine.evaluations.push(madeEvaluation(), madeEvaluation({ split: 'test', images: 80, signal: 3 }));
  });

  test('stands large with its intervals', async () => {
    const page = await open();
    const section = evaluationOf(page);
    await section.getByText('125 images').waitFor();

    expect(await section.locator('.evaluation-head').innerText()).toMatch(
      /Validation\s+Test\s+125 images · model of epoch 15 · 95 % intervals from 50 bootstrap draws of these images/,
    );
    expect(await section.locator('.fact').first().innerText()).toMatch(
      /^Accuracy\s+0\.\d{4}\s+0\.\d{4} – (0\.\d{4}|1\.0000)$/,
    );
    await keepPicture(page, 'evaluation-light');
  });

  test('switches to other images', async () => {
    const page = await open();
    const section = evaluationOf(page);
    await section.getByRole('button', { name: 'Test' }).click();

    await section.getByText('80 images').waitFor();
    expect(await section.getByRole('button', { name: 'Test' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('shows mistakes as images and as shares', async () => {
    const page = await open();
    const matrix = page.getByRole('region', { name: 'Confusion matrix', exact: true });
    const cells = matrix.locator('tbody td');
    await cells.first().waitFor();
    const images = await cells.allInnerTexts();

    await matrix.getByRole('button', { name: 'Share of row' }).click();

    expect(images).toHaveLength(100);
    expect(images.reduce((sum, text) => sum + Number(text), 0)).toBe(125);
    await eventually(async () => expect((await cells.allInnerTexts())[0]).toMatch(/^\d+ %$/));
    expect(await cells.first().getAttribute('title')).toMatch(/images of “0” right, \d+\.\d % of “0”/);
    expect(await matrix.getByRole('listitem').first().innerText()).toMatch(/“\d” taken for “\d”: \d+ of 1\d/);
  });

  test('draws its charts in the colours of the lines that are on show', async () => {
    const page = await open('r0001', { colorScheme: 'dark' });
    const section = evaluationOf(page);
    const roc = section.getByRole('region', { name: 'ROC' });
    await roc.locator('canvas').waitFor();
    const before = await roc.locator('canvas').screenshot();

    expect(await section.locator('.curve h3').allInnerTexts()).toEqual([
      'ROC',
      'Precision and recall',
      'Calibration',
      'Cumulative gains',
      'Lift',
    ]);
    expect(await roc.getByRole('img').getAttribute('aria-label')).toBe(
      'ROC: true positive rate over false positive rate; micro average, macro average',
    );
    expect(await section.getByRole('region', { name: 'Calibration' }).innerText()).toMatch(/expected error 0\.\d{4}/);

    await section.getByRole('button', { name: 'Show all classes' }).click();
    await eventually(async () => expect((await roc.locator('canvas').screenshot()).equals(before)).toBe(false));
    await roc.getByRole('img').hover({ position: { x: 150, y: 60 } });
    await keepPicture(page, 'evaluation-all-classes-dark');
    await section.getByRole('button', { name: 'Hide all classes' }).click();
    await section.getByRole('button', { name: 'micro average' }).click();
    await section.getByRole('button', { name: 'macro average' }).click();
    await roc.getByText('Choose a line above.').waitFor();
  });

  test('has a legend of one tab stop, walked by arrow keys', async () => {
    const page = await open();
    const legend = page.getByRole('toolbar', { name: 'Lines on show' });
    await legend.getByRole('button').first().focus();

    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');

    const weighted = legend.getByRole('button', { name: 'weighted average' });
    await eventually(async () => expect(await weighted.getAttribute('aria-pressed')).toBe('true'));
    expect(await legend.locator('button[tabindex="0"]').allInnerTexts()).toEqual(['weighted average']);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Show all classes');
  });

  test('sorts classes by the worst, and keeps averages at the foot', async () => {
    const page = await open();
    const table = page.getByRole('region', { name: 'Scores by class' });
    await table.getByRole('columnheader', { name: 'F1' }).getByRole('button').click();
    const values = async () =>
      (await table.locator('tbody tr td:nth-child(5)').allInnerTexts()).map((text) => Number(text.split('\n')[0]));

    await eventually(async () => expect(await values()).toEqual((await values()).toSorted((a, b) => a - b)));

    expect(await table.getByRole('columnheader', { name: 'F1' }).getAttribute('aria-sort')).toBe('ascending');
    expect(await table.locator('tfoot th').allInnerTexts()).toEqual([
      'macro average',
      'micro average',
      'weighted average',
    ]);
  });

  test('names every metric as files do', async () => {
    const page = await open();
    await page.getByText('All metrics by name').click();

    await page.getByRole('rowheader', { name: 'matthews_correlation' }).waitFor();
  });
});

test.each(['light', 'dark'] as const)('has nothing that axe objects to: %s', async (colorScheme) => {
  engine.evaluations.push(madeEvaluation());
  const page = await open('r0001', { colorScheme });
  await evaluationOf(page).getByText('125 images').waitFor();

  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8'));
  const violations = await page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: { run(selector: string): Promise<AxeResults> } }).axe;
    const results = await axe.run('.evaluation');
    return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });

  expect(violations).toEqual([]);
});

test('several classes an image: what of each class was found and missed', async () => {
  engine.evaluations.push(madeLabelEvaluation({ classes: SCENES, images: 90 }));
  const page = await open();
  const outcomes = page.getByRole('region', { name: 'Confusion by class', exact: true });
  const sea = outcomes.getByRole('row', { name: /^sea/ });
  await sea.waitFor();
  const counts = (await sea.getByRole('cell').allInnerTexts()).map(Number);

  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(90);
  await outcomes.getByRole('button', { name: 'Shares' }).click();
  await eventually(async () => expect(await sea.getByRole('cell').first().innerText()).toMatch(/%$/));
  expect(await page.locator('.fact').filter({ hasText: 'All labels right' }).count()).toBe(1);
  await keepPicture(page, 'evaluation-multi-label-light');
});

test('many classes: those with the most mistakes in the matrix, all in the table', async () => {
  engine.evaluations.push(madeEvaluation({ classes: MANY, images: 600 }));
  const page = await open();
  const matrix = page.getByRole('region', { name: 'Confusion matrix', exact: true });
  await matrix.getByText('The 30 classes with the most mistakes; 30 classes left out.').waitFor();

  expect(await page.getByRole('region', { name: 'Scores by class' }).locator('tbody tr').count()).toBe(60);
  await keepPicture(page, 'evaluation-many-classes-light');
  await page.setViewportSize({ width: 480, height: 800 });
  await keepPicture(page, 'evaluation-narrow-light');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(480);
});

test('images that cannot tell classes apart: dashes, and what is undefined by name', async () => {
  engine.evaluations.push(madeEvaluation({ classes: ['cat', 'dog'], images: 1 }));
  const page = await open();
  const section = evaluationOf(page);

  await section.getByText('Undefined for these images: dog').first().waitFor();
  expect(await section.locator('.fact').filter({ hasText: 'AUC, macro' }).innerText()).toMatch(/–\s+undefined here/);
  await keepPicture(page, 'evaluation-one-image-light');
});

describe('without an evaluation', () => {
  test('a run under way says when it comes, and it appears when the run ends', async () => {
    const page = await open('r0002');
    await page.getByText('Comes when the run ends').waitFor();

    engine.evaluations.push(madeEvaluation({ run: 'r0002' }));
    engine.change(madeRun(2, 15));

    await evaluationOf(page).getByText('125 images').waitFor();
  });

  test('a run that ended is judged at a button, and on other images at another', async () => {
    engine.unjudged.push(madeEvaluation(), madeEvaluation({ split: 'test', images: 80 }));
    const page = await open();
    const section = evaluationOf(page);

    await section.getByRole('button', { name: 'Judge it on the validation images' }).click();
    await section.getByText('125 images').waitFor();
    await section.getByRole('button', { name: 'Judge it on the test images' }).click();

    await section.getByText('80 images').waitFor();
    expect(await section.getByRole('button', { name: /Judge it/ }).count()).toBe(0);
  });

  test('judging says how far it is, and ends when it is stopped', async () => {
    engine.isSlow = true;
    const page = await open();
    const section = evaluationOf(page);
    await section.getByRole('button', { name: /Judge it/ }).click();
    await section.getByText('Judging the model on the validation images · 25 %').waitFor();
    await keepPicture(page, 'evaluation-judging-light');

    await section.getByRole('button', { name: 'Stop' }).click();

    await section.getByText('was not judged yet').waitFor();
    await eventually(() => expect(engine.isSlow).toBe(false));
  });

  test('why a model could not be judged is said, and what was there stays', async () => {
    engine.evaluations.push(madeEvaluation());
    const page = await open();
    const section = evaluationOf(page);
    await section.getByText('125 images').waitFor();
    engine.refusal = new AppError('too-few-images', 'run r0001 has no test images');

    await section.getByRole('button', { name: 'Judge it on the test images' }).click();

    await section.getByRole('alert').getByText('run r0001 has no test images').waitFor();
    await section.getByText('125 images').waitFor();
  });

  test('a run that ended is looked at again when the window is', async () => {
    const page = await open();
    await evaluationOf(page)
      .getByRole('button', { name: /Judge it/ })
      .waitFor();
    await keepPicture(page, 'evaluation-none-light');

    engine.evaluations.push(madeEvaluation());
    await page.evaluate(() => dispatchEvent(new Event('focus')));

    await evaluationOf(page).getByText('125 images').waitFor();
  });

  test('one that cannot be read says why, and is asked for again', async () => {
    engine.evaluations.push(madeEvaluation());
    engine.refusal = new AppError('file-unreadable', 'evaluation-validation.json is damaged');
    const page = await open();
    await page.getByRole('alert').getByText('evaluation-validation.json is damaged').waitFor();

    await page.getByRole('button', { name: 'Try again' }).click();

    await evaluationOf(page).getByText('125 images').waitFor();
  });
});

describe('an evaluation of objects', () => {
  const labels = (epoch: number) =>
    ['Platelets', 'RBC', 'WBC'].map((label, k) => ({
      label,
      average_precision: 1 - Math.exp(-epoch / (3 + k)),
      precision: k === 0 && epoch < 3 ? null : 0.8,
      recall: 0.7,
    }));
  const epochs = Array.from({ length: 15 }, (_, i) =>
    madeEpoch(i + 1, { metrics: { accuracy: i / 15 }, per_label_metrics: labels(i + 1) }),
  );

  beforeEach(() => {
    engine.runs.set('r0001', madeRun(1, 15, { model: 'yolox_nano', epochs }));
    engine.evaluations.push(madeObjectEvaluation());
  });

  test.each(['light', 'dark'] as const)('draws precision over recall at three overlaps, %s', async (theme) => {
    const page = await open('r0001', { colorScheme: theme });
    const section = evaluationOf(page);
    await section.getByRole('region', { name: 'Precision and recall at overlap 0.5' }).waitFor();

    const half = page.getByRole('img', {
      name: /^Precision and recall at overlap 0\.5: precision over recall; mean of classes, Platelets, RBC, WBC$/,
    });
    await half.waitFor();
    await section.getByRole('button', { name: 'WBC', exact: true }).click();
    await page
      .getByRole('img', { name: /overlap 0\.75: precision over recall; mean of classes, Platelets, RBC$/ })
      .waitFor();
    await section.getByRole('region', { name: 'Confusion matrix', exact: true }).waitFor();
    await section.getByRole('region', { name: 'Mistakes', exact: true }).waitFor();
    await keepPicture(page, `evaluation-objects-${theme}`);
  });

  test('shows every class epoch by epoch, one score at a time', async () => {
    const page = await open();
    const table = page.getByRole('region', { name: 'Classes by epoch' });
    await page.getByText('Classes by epoch').click();

    const rows = table.locator('tbody tr');
    expect(await rows.first().locator('th, td').allInnerTexts()).toEqual(['15', '0.9933', '0.9765', '0.9502']);
    await page.getByRole('button', { name: 'Precision', exact: true }).click();
    expect(await rows.last().locator('th, td').allInnerTexts()).toEqual(['1', '–', '0.8000', '0.8000']);
  });
});

test('an evaluation of masks says beside each class what its boxes are worth', async () => {
  const { task: _, metrics, per_label_metrics, coco, ...rest } = madeObjectEvaluation();
  const boxes = {
    metrics,
    coco,
    per_label_metrics: per_label_metrics.map((row) => ({ ...row, average_precision: 0.25 })),
  };
  engine.evaluations.push({
    ...rest,
    ...{ task: 'image-instance-segmentation', per_label_metrics, coco, boxes },
    metrics: { ...metrics, box_mean_average_precision: 0.25 },
  });

  const page = await open();
  const section = evaluationOf(page);
  const classes = section.getByRole('region', { name: 'Classes', exact: true });
  await classes.waitFor();

  expect((await classes.locator('thead th').allInnerTexts())[2]).toMatch(/average precision, boxes/i);
  expect(await classes.locator('tbody tr td:nth-child(3)').allInnerTexts()).toEqual(['0.2500', '0.2500', '0.2500']);
  await section.getByText('Mean average precision, boxes').first().waitFor();
  await keepPicture(page, 'evaluation-masks');
});
