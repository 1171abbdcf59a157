/** `lightbench train` and `lightbench runs`. */

import { defaultModel } from '../../native-models/catalog.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { type RunSummary, WARNING } from '../../preload/contract/run.ts';
import { PRIMARY_METRICS } from '../../preload/contract/tasks.ts';
import { parseDevice } from '../devices/device.ts';
import { type TrainingListener, trainAgain, trainNew } from '../schedule/run-training.ts';
import { runSummaries, runSummary } from '../store/run-summaries.ts';
import { sweepSummaries, sweepSummary } from '../store/sweep-summaries.ts';
import type { EpochReport, Progress } from '../train/protocol.ts';
import { defaultWeights, findWeights } from '../weights/library.ts';
import type { RecognisedWeights } from '../weights/recognise.ts';
import { type CliContext, settleAbandoned, withReader, withWriter } from './context.ts';
import { decimal, seconds, table } from './format.ts';
import { left } from './output.ts';
import { describeSweep, sweepTable } from './sweep-text.ts';

export interface TrainOptions {
  readonly model?: string;
  readonly set: readonly string[];
  readonly device?: string;
  readonly weights?: string;
  readonly resume?: string;
}

/** Trains a new run, or goes on with an old one; the result is its summary. */
export async function trainCommand(context: CliContext, folder: string, options: TrainOptions): Promise<void> {
  const { output, threads } = context;
  const device = parseDevice(options.device ?? 'cpu');
  if (options.resume !== undefined && options.device !== undefined) {
    throw new AppError('bad-argument', '--resume goes on where the run was started: leave --device out');
  }
  await withWriter(context, folder, 'train', async (project) => {
    let run = options.resume ?? '';
    const listener = listenerOf(context, PRIMARY_METRICS[project.info.task], (id) => {
      run = id;
    });
    if (options.resume !== undefined) await trainAgain(project, options.resume, threads, listener);
    else {
      const { model = null } = options;
      const weights = chosenWeights(context, model ?? defaultModel(project.info.task), options.weights);
      run = await trainNew(project, { model, given: parseSettings(options.set), device, threads, weights }, listener);
    }
    const summary = runSummary(project.db, run);
    output.result(summary, describeEnd(summary));
  });
}

const NO_WEIGHTS = 'none';

/** What was asked for; else what the library has for the model. */
function chosenWeights({ library }: CliContext, model: string, asked: string | undefined): RecognisedWeights | null {
  if (asked === NO_WEIGHTS) return null;
  return asked === undefined ? defaultWeights(library, model) : findWeights(library, asked);
}

/** `name=value` pairs. Errors: bad-argument. */
export function parseSettings(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new AppError('bad-argument', `--set takes name=value, got "${pair}"`);
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}

/** `metric` is the one that an epoch is told by. */
function listenerOf({ output, signal }: CliContext, metric: string, onRun: (id: string) => void): TrainingListener {
  return {
    signal,
    onStarted: (run, { train, validation, classes }) => {
      onRun(run);
      output.say(`run ${run}: ${train} training and ${validation} validation images, ${classes} classes`);
    },
    onNote: (text) => output.say(noteLine(text)),
    onProgress: (progress) => output.progress(progressLine(progress)),
    onEpoch: (report) => output.say(epochLine(report, metric)),
  };
}

const noteLine = (note: string): string => (note.startsWith(WARNING) ? note : `note: ${note}`);

function progressLine({ epoch, epochs, phase, step, steps, loss, imagesPerSecond, remainingMs }: Progress): string {
  const numbers = loss === null ? '' : ` · loss ${loss.toFixed(3)}`;
  const pace = imagesPerSecond === null ? '' : ` · ${imagesPerSecond.toFixed(1)} images/s`;
  return `epoch ${epoch}/${epochs} · ${phase} ${step}/${steps}${numbers}${pace}${left(remainingMs)}`;
}

function epochLine({ row, valid_loss, best }: EpochReport, metric: string): string {
  const value = row.metrics[metric];
  const judged = value === undefined ? '' : ` · valid loss ${decimal(valid_loss, 3)} · ${metric} ${decimal(value)}`;
  const mark = best?.epoch === row.epoch ? ' *' : '';
  return `epoch ${row.epoch} · train loss ${row.train_loss.toFixed(3)}${judged}${mark} · ${seconds(row.seconds)}`;
}

function describeEnd(summary: RunSummary): string {
  const { name, best, epoch } = summary.primary_metric;
  const reason = summary.reason === null ? '' : ` (${summary.reason})`;
  return `run ${summary.id} ${summary.state}${reason}: best ${name} ${decimal(best)} at epoch ${epoch ?? '–'}`;
}

/** All runs as a table, with sweeps and their best trials below it; or one of either with all there is of it. */
export async function runsCommand(context: CliContext, folder: string, run: string | undefined): Promise<void> {
  const { output } = context;
  await withReader(context, folder, 'runs', (project) => {
    if (runSummaries(project.db).some(({ state }) => state === 'running')) settleAbandoned(context, folder);
    if (run?.startsWith('s')) {
      const sweep = sweepSummary(project.db, run);
      output.result(sweep, describeSweep(sweep));
      return;
    }
    if (run !== undefined) {
      const summary = runSummary(project.db, run);
      output.result(summary, describeRun(summary));
      return;
    }
    const summaries = runSummaries(project.db);
    const sweeps = sweepSummaries(project.db);
    const below = sweeps.length === 0 ? '' : `\n\n${sweepTable(sweeps)}`;
    output.result(summaries, summaries.length === 0 ? 'no runs yet' : `${runTable(summaries)}${below}`);
  });
}

function runTable(summaries: readonly RunSummary[]): string {
  const rows = summaries.map(({ id, state, model, trial, primary_metric: { best, epoch }, epochs, reason }) => [
    id,
    state,
    model,
    trial === null ? '–' : `${trial.sweep}/${trial.number}`,
    decimal(best),
    String(epoch ?? '–'),
    String(epochs.length),
    (reason ?? '').split('\n')[0]!,
  ]);
  return table(['run', 'state', 'model', 'trial', 'best', 'at epoch', 'epochs', 'reason'], rows);
}

function thresholdLines({ thresholds }: RunSummary): string[] {
  if (thresholds === null) return [];
  const rows = thresholds.classes.map(({ label, threshold, f1, positives, is_tuned }) => [
    label,
    decimal(threshold),
    is_tuned ? 'tuned' : 'usual',
    decimal(f1),
    String(positives),
  ]);
  return ['', table(['class', 'threshold', 'how', 'F1 there', 'validation images'], rows)];
}

/** Every class in the best epoch, where objects are looked for. */
function perLabelLines({ epochs, primary_metric: { epoch: best } }: RunSummary): string[] {
  const rows = epochs.find(({ epoch }) => epoch === best)?.per_label_metrics ?? [];
  if (rows.length === 0) return [];
  const cells = rows.map(({ label, average_precision, precision, recall }) => [
    label,
    ...[average_precision, precision, recall].map(decimal),
  ]);
  return ['', table([`class, epoch ${best}`, 'average precision', 'precision', 'recall'], cells)];
}

function describeRun(summary: RunSummary): string {
  const params = Object.entries(summary.params).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const curve = summary.epochs.map(
    ({ epoch, train_loss, metrics, learning_rate, seconds: time, images_per_second, data_wait_seconds }) => [
      String(epoch),
      decimal(train_loss),
      decimal(metrics['valid_loss']),
      decimal(metrics[summary.primary_metric.name]),
      learning_rate.toPrecision(3),
      time.toFixed(1),
      images_per_second.toFixed(1),
      data_wait_seconds?.toFixed(1) ?? '–',
    ],
  );
  const header = [
    'epoch',
    'train loss',
    'valid loss',
    summary.primary_metric.name,
    'learning rate',
    'seconds',
    'images/s',
    'waited for images, s',
  ];
  return [
    describeEnd(summary),
    ...summary.notes.map(noteLine),
    '',
    table(['hyperparameter', 'value'], params),
    ...thresholdLines(summary),
    ...perLabelLines(summary),
    '',
    table(header, curve),
  ].join('\n');
}
