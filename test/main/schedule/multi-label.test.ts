import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evaluateRun } from '../../../main/schedule/evaluate-run.ts';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainAgain, trainNew } from '../../../main/schedule/run-training.ts';
import { labelledImages } from '../../../main/store/images.ts';
import { setLabels } from '../../../main/store/labels.ts';
import { runSummary } from '../../../main/store/run-summaries.ts';
import { Evaluation } from '../../../preload/contract/evaluation.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { request, tintsProject } from '../../kit/training.ts';

test('a multi-label run learns several classes at once, is judged by iou and keeps a threshold per class', async () => {
  const project = await tintsProject(48);

  const id = await trainNew(
    project,
    request({ number_of_epochs: 5, split_ratio: 0.5, warmup_cosine_lr_warmup_epochs: 0 }),
  );

  const summary = runSummary(project.db, id);
  const { best, name, epoch } = summary.primary_metric;
  expect([summary.state, name, summary.params['learning_rate']]).toEqual(['completed', 'iou', 0.035]);
  expect(best).toBeGreaterThan(0.8);
  expect(summary.epochs.at(-1)!.train_loss).toBeLessThan(summary.epochs[0]!.train_loss);
  expect(summary.thresholds).toMatchObject({ epoch, classes: [{ label: 'blue' }, { label: 'red' }] });
  expect(JSON.parse(readFileSync(join(runFolder(project, id), 'thresholds.json'), 'utf8'))).toEqual(summary.thresholds);

  const written = readFileSync(join(runFolder(project, id), 'evaluation-validation.json'), 'utf8');
  const evaluation = await evaluateRun(project, id, 'validation', 2);
  const rows = readFileSync(join(runFolder(project, id), 'predictions-validation.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { label: string[]; probs: number[] });
  const report = readFileSync(join(runFolder(project, id), 'evaluation-validation.json'), 'utf8');
  expect(evaluation.metrics['iou']).toBe(best);
  expect(JSON.parse(written)).toEqual(JSON.parse(report));
  expect(Evaluation.parse(JSON.parse(report))).toMatchObject({ metrics: evaluation.metrics, run: id });
  expect(rows).toHaveLength(24);
  expect(rows.some(({ label }) => label.length === 0)).toBe(true);
  expect(rows.some(({ label }) => label.join() === 'blue,red')).toBe(true);
});

test('cancelled and resumed with the same labels, a multi-label run has the curve and the thresholds it would have had', async () => {
  const project = await tintsProject(24);
  const settings = { number_of_epochs: 3, split_ratio: 0.5, weighted_loss: 2 };
  const whole = await trainNew(project, request(settings));
  const stop = new AbortController();

  await appErrorOf(() => trainNew(project, request(settings), { signal: stop.signal, onEpoch: () => stop.abort() }));
  const image = labelledImages(project.db).find(({ class_names }) => class_names.length === 0)!;
  setLabels(project.db, image.id, ['red']);
  const changed = await appErrorOf(() => trainAgain(project, 'r0002', 2));
  setLabels(project.db, image.id, []);
  await trainAgain(project, 'r0002', 2);

  expect([changed.code, changed.message]).toEqual([
    'run-not-resumable',
    'run r0002 cannot go on as it was: some of its images have other labels now',
  ]);
  const [one, other] = [runSummary(project.db, whole), runSummary(project.db, 'r0002')];
  const curve = (summary: typeof one) => summary.epochs.map(({ train_loss, metrics }) => ({ train_loss, metrics }));
  expect(curve(other)).toEqual(curve(one));
  expect(other.thresholds).toEqual(one.thresholds);
});
