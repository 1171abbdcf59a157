/** `lightbench evaluate`, `bundle` and `score`: what a trained model is for. */

import { join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { Split } from '../../preload/contract/tasks.ts';
import { type ScoredImage, scoreBundle } from '../bundle/score-bundle.ts';
import { writeBundle } from '../bundle/write-bundle.ts';
import { evaluateRun, type RunEvaluation } from '../schedule/evaluate-run.ts';
import { type CliContext, withReader } from './context.ts';
import { evaluationText } from './evaluation-text.ts';
import { decimal } from './format.ts';
import { EXIT } from './output.ts';
import { parseSettings } from './train.ts';

export async function evaluateCommand(
  context: CliContext,
  folder: string,
  run: string,
  options: { split: string },
): Promise<void> {
  const split = Split.safeParse(options.split);
  if (!split.success)
    throw new AppError('bad-argument', `--split must be one of ${Split.options.join(', ')}, got "${options.split}"`);
  await withReader(context, folder, 'evaluate', async (project) => {
    const evaluation = await evaluateRun(project, run, split.data, context.threads);
    context.output.result(evaluation, describe(evaluation));
  });
}

function describe(evaluation: RunEvaluation): string {
  const { run, epoch, split, images, warnings, loss } = evaluation;
  return [
    `run ${run}, epoch ${epoch}, ${images} ${split} images, loss ${decimal(loss)}`,
    ...warnings.map((text) => `warning: ${text}`),
    '',
    evaluationText(evaluation),
  ].join('\n');
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
  options: { readonly set: readonly string[]; readonly threshold: readonly string[] },
): Promise<number> {
  const { output, threads } = context;
  const replies = await scoreBundle(bundle, images, {
    threads,
    settings: { sizes: parseSettings(options.set), thresholds: options.threshold },
  });
  const lines = replies.map((reply) => {
    if ('error' in reply) return `${reply.filename}: ${reply.error.message}`;
    if (reply.predicted) return `${reply.filename}: ${predictedText(reply)}`;
    const best = reply.probs.reduce((at, value, i) => (value > reply.probs[at]! ? i : at), 0);
    return `${reply.filename}: ${reply.labels[best]} (${(100 * reply.probs[best]!).toFixed(1)} %)`;
  });
  output.result(replies, lines.join('\n'));
  return replies.some((reply) => 'error' in reply) ? EXIT.failure : EXIT.done;
}

function predictedText({ predicted = [], labels, probs }: ScoredImage): string {
  if (predicted.length === 0) return 'no label';
  return predicted.map((label) => `${label} (${(100 * probs[labels.indexOf(label)]!).toFixed(1)} %)`).join(', ');
}
