/** `lightbench evaluate`, `bundle` and `score`: what a trained model is for. */

import { join, resolve } from 'node:path';
import { METHODS, methodNamed } from '../../native-models/explain/methods.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { Split } from '../../preload/contract/tasks.ts';
import { openAnyBundle } from '../bundle/any-bundle.ts';
import { BatchLines } from '../bundle/batch-lines.ts';
import { batchScore, imagesAt } from '../bundle/batch-score.ts';
import { readAnyDescription } from '../bundle/description.ts';
import { EXPLANATION_PARAMETERS } from '../bundle/explanation-order.ts';
import { type ScoredImage, scoreBundle } from '../bundle/score-bundle.ts';
import { writeBundle } from '../bundle/write-bundle.ts';
import { evaluateRun, type RunEvaluation } from '../schedule/evaluate-run.ts';
import { type CliContext, withReader } from './context.ts';
import { evaluationText } from './evaluation-text.ts';
import { ExplanationFiles, type WrittenReply } from './explanations.ts';
import { findCommand } from './find.ts';
import { decimal, unreadText } from './format.ts';
import { objectText } from './object-text.ts';
import { oneOf } from './one-of.ts';
import { EXIT } from './output.ts';
import { parseSettings } from './train.ts';
import { wholeNumber } from './whole-number.ts';

export async function evaluateCommand(
  context: CliContext,
  folder: string,
  run: string,
  options: { split: string },
): Promise<void> {
  const split = oneOf('--split', options.split, Split.options);
  const { output, threads, signal } = context;
  await withReader(context, folder, 'evaluate', async (project) => {
    const onProgress = (done: number, total: number) =>
      output.progress(`judging ${run}: ${Math.floor((100 * done) / total)} %`);
    const evaluation = await evaluateRun(project, run, split, threads, { signal, onProgress });
    output.result(evaluation, describe(evaluation));
  });
}

function describe(evaluation: RunEvaluation): string {
  const { run, epoch, split, images, warnings } = evaluation;
  const loss = 'loss' in evaluation ? `, loss ${decimal(evaluation.loss)}` : '';
  return [
    `run ${run}, epoch ${epoch}, ${images} ${split} images${loss}`,
    ...warnings.map((text) => `warning: ${text}`),
    '',
    'coco' in evaluation ? objectsText(evaluation) : evaluationText(evaluation),
  ].join('\n');
}

function objectsText({ classes, metrics, per_label_metrics, ...report }: Extract<RunEvaluation, { coco: unknown }>) {
  const { mean_average_precision = null, precision = null, recall = null } = metrics;
  const voc = { mean_average_precision, precision, recall, classes: per_label_metrics };
  return objectText({ ...report, voc }, classes);
}

export async function bundleCommand(
  context: CliContext,
  folder: string,
  run: string,
  options: { out?: string },
): Promise<void> {
  const { clock, threads, output } = context;
  await withReader(context, folder, 'bundle', async (project) => {
    const out = options.out ?? join(project.folder, 'bundles', run);
    const description = await writeBundle(project, run, out, { clock, threads });
    const text = `wrote ${out}: ${description.model}, ${description.labels.length} labels; check it with: node ${join(out, 'check.mjs')}`;
    output.result({ out, ...description }, text);
  });
}

/** Returns the exit status: a failure when any image could not be scored. */
export async function scoreCommand(
  context: CliContext,
  bundle: string,
  images: readonly string[],
  options: ScoreCommandOptions,
): Promise<number> {
  const { output, threads } = context;
  const explain = explanationsAsked(options);
  if (options.lines !== undefined) {
    if (explain !== null || options.draw !== undefined)
      throw new AppError('bad-argument', '--lines goes neither with --explain nor with --draw');
    return scoreIntoLines(context, bundle, images, options.lines, options);
  }
  const description = readAnyDescription(resolve(bundle));
  if ('canvas' in description) return findCommand(context, bundle, description, images, options);
  if (options.draw !== undefined) throw new AppError('bad-argument', '--draw is for models that find objects');
  const files = new ExplanationFiles(options.out ?? 'explanations');
  const written: WrittenReply[] = [];
  await scoreBundle(bundle, images, {
    threads,
    settings: { sizes: parseSettings(options.set), thresholds: options.threshold },
    ...(explain === null ? {} : { explain }),
    onScore: (reply) => {
      written.push(files.write(reply));
      if (explain !== null) output.progress(`explained ${written.length}/${images.length}`);
    },
  });
  output.result(written, written.map(replyText).join('\n'));
  return written.some((reply) => 'error' in reply) ? EXIT.failure : EXIT.done;
}

/** Returns the exit status: a failure when any image could not be scored. */
async function scoreIntoLines(
  { output, threads, signal }: CliContext,
  folder: string,
  paths: readonly string[],
  file: string,
  options: ScoreCommandOptions,
): Promise<number> {
  const processes = wholeNumber('--processes', options.processes, 1, 64);
  const timeoutMs = wholeNumber('--timeout', options.timeout, 1, 3600) * 1000;
  const retries = wholeNumber('--retries', options.retries, 0, 100);
  const bundle = openAnyBundle(folder, { set: parseSettings(options.set), threshold: options.threshold }, threads);
  const lines = new BatchLines(file);
  try {
    const onScored = (done: number, of: number) => output.progress(`scored ${done}/${of}`);
    const batch = { processes, timeoutMs, retries, signal, onScored };
    const result = await batchScore(bundle, imagesAt(paths), lines, batch);
    const { scored, failed, skipped } = result;
    output.result({ file, ...result }, `${file}: ${scored} scored, ${failed} failed, ${skipped} were there already`);
    return failed > 0 ? EXIT.failure : EXIT.done;
  } finally {
    lines.close();
  }
}

export interface ScoreCommandOptions {
  readonly lines?: string;
  readonly processes: string;
  readonly timeout: string;
  readonly retries: string;
  readonly set: readonly string[];
  readonly threshold: readonly string[];
  readonly explain?: string;
  readonly explainSet: readonly string[];
  readonly out?: string;
  readonly draw?: string;
}

/** Parameters of explanations but those that other options have, and what to return: here it is always a picture. */
const OTHERWISE = ['xai_algorithm', 'visualizations', 'attributions'];
export const EXPLANATION_SETTINGS: readonly string[] = EXPLANATION_PARAMETERS.map(({ name }) => name).filter(
  (name) => !OTHERWISE.includes(name),
);

/** Parameters of explanations; null where none are asked for. Errors: bad-argument. */
function explanationsAsked({ explain, explainSet, out }: ScoreCommandOptions): Record<string, string> | null {
  const given = parseSettings(explainSet);
  const unknown = Object.keys(given).find((name) => !EXPLANATION_SETTINGS.includes(name));
  if (unknown !== undefined)
    throw new AppError('bad-argument', `--explain-set takes ${EXPLANATION_SETTINGS.join(', ')}; got ${unknown}`);
  if (explain !== undefined)
    return { ...given, xai_algorithm: methodNamed(explain) ?? oneOf('--explain', explain, METHODS) };
  if (explainSet.length > 0 || out !== undefined)
    throw new AppError('bad-argument', '--out and --explain-set go with --explain METHOD');
  return null;
}

function replyText(reply: WrittenReply): string {
  if ('error' in reply) return unreadText(reply);
  const files = reply.explanations?.map(({ label, file }) => `\n  ${label}: ${file}`) ?? [];
  return `${reply.filename}: ${reply.predicted ? predictedText(reply) : bestText(reply)}${files.join('')}`;
}

function bestText({ probs, labels }: Scored): string {
  const best = probs.reduce((at, value, i) => (value > probs[at]! ? i : at), 0);
  return `${labels[best]} (${(100 * probs[best]!).toFixed(1)} %)`;
}

type Scored = Pick<ScoredImage, 'predicted' | 'labels' | 'probs'>;

function predictedText({ predicted = [], labels, probs }: Scored): string {
  if (predicted.length === 0) return 'no label';
  return predicted.map((label) => `${label} (${(100 * probs[labels.indexOf(label)]!).toFixed(1)} %)`).join(', ');
}
