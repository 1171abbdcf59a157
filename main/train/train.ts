/** One training run, from its job message to its end. */

import { findModel } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { BatchFeed } from '../images/feed.ts';
import {
  epochCheckpoint,
  hasLast,
  readLast,
  removeModelsBut,
  writeLast,
  writeModel,
  writeThresholds,
} from './checkpoint.ts';
import { shouldStop } from './early-stopping.ts';
import { Evaluator } from './evaluator.ts';
import { metricsOf } from './judge.ts';
import { batchSizesOf, halved, isOutOfMemory, type LessMemory, type Phase, withBatchSizes } from './less-memory.ts';
import { epochOrder } from './order.ts';
import { Pace } from './pace.ts';
import { type Plan, placeOf, planOf } from './plan.ts';
import { buildPrograms, openFeeds, startingPoint } from './prepare.ts';
import type { EpochReport, FromChild, Progress, Scores, TrainJob } from './protocol.ts';
import { batchFeeds, learningRateAt, updateFeeds } from './step-feeds.ts';
import { modelOf, type OpenRunner, type StepResult, type StepRunner } from './step-runner.ts';
import { tuneThresholds } from './thresholds.ts';
import { activationOf, labelDigest, trueSets } from './truth.ts';
import { WaitTimer } from './wait-timer.ts';

export interface TrainContext {
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly send: (message: FromChild) => void;
  /** Throws once the run is to end. */
  readonly checkCancelled: () => void;
  readonly openRunner: OpenRunner;
  /** Room for decoded images. */
  readonly imageCacheBytes: number;
}

/**
 * Trains until the last epoch or until early stopping; every epoch ends with a checkpoint, then a message. When memory
 * runs out it goes on from the last checkpoint with half the batch, and says so.
 * Returns why it stopped before the last epoch, null when it did not.
 * Errors: training-diverged when a loss or a gradient is not a number, and whatever reading images, weights and
 * checkpoints throws; memory that is too little for one image at a time.
 */
export async function train(job: TrainJob, context: TrainContext): Promise<string | null> {
  const batches = job.resume ? readLast(job.runFolder).progress.batches : undefined;
  let attempted = batches === undefined ? job : withBatchSizes(job, batches);
  const send = withoutRepeatedNotes(context.send);
  for (;;) {
    const outcome = await attempt(attempted, { ...context, send });
    if ('reason' in outcome) return outcome.reason;
    send({ type: 'note', text: outcome.note });
    attempted = { ...withBatchSizes(job, outcome.batches), resume: hasLast(job.runFolder) };
  }
}

/** The run to its end, or with how much less it is to be tried again. */
async function attempt(job: TrainJob, context: TrainContext): Promise<{ reason: string | null } | LessMemory> {
  let run: Run | null = null;
  try {
    run = await Run.open(job, planOf(job), context);
    const reason = await run.toTheEnd();
    run.tellKept();
    return { reason };
  } catch (error) {
    const { isSynchronised } = planOf(job);
    const less = isOutOfMemory(error, job.device)
      ? halved(batchSizesOf(job), run?.phase ?? 'training', isSynchronised)
      : null;
    if (less === null) throw error;
    return less;
  } finally {
    await run?.close();
  }
}

/** An attempt says again what the one before it has said. */
function withoutRepeatedNotes(send: TrainContext['send']): TrainContext['send'] {
  const told = new Set<string>();
  return (message) => {
    if (message.type === 'note' && told.has(message.text)) return;
    if (message.type === 'note') told.add(message.text);
    send(message);
  };
}

interface RunParts {
  readonly job: TrainJob;
  readonly plan: Plan;
  readonly context: TrainContext;
  readonly runner: StepRunner;
  readonly evaluator: Evaluator;
  readonly feeds: { readonly training: BatchFeed; readonly validation: BatchFeed };
  readonly history: readonly EpochReport[];
}

class Run {
  phase: Phase = 'training';
  private readonly parts: RunParts;
  private readonly history: EpochReport[];
  private readonly pace: Pace;
  /** What the kept model says of the validation images; null while it is none of this process. */
  private kept: Scores | null = null;
  private isCacheNoted = false;

  private constructor(parts: RunParts) {
    this.parts = parts;
    this.history = [...parts.history];
    this.pace = new Pace(parts.context.nowMs, parts.plan.epochs);
  }

  static async open(job: TrainJob, plan: Plan, context: TrainContext): Promise<Run> {
    const card = findModel(job.model);
    assert(card, `model "${job.model}" is not in the catalog`);
    const { values, history, notes } = startingPoint(job, card, plan);
    for (const text of notes) context.send({ type: 'note', text });
    // What an interrupted run had reached is told again: the engine may have died before it wrote it down.
    for (const report of history) context.send({ type: 'epoch', report, isRepeated: true });
    const options = { ...job, nowMs: context.nowMs };
    const runner = await context.openRunner(buildPrograms(job, card, plan), values, options);
    try {
      const evaluator = await Evaluator.open(card, job, validationSizes(job, plan));
      return new Run({
        job,
        plan,
        context,
        runner,
        evaluator,
        feeds: openFeeds(job, plan, context.imageCacheBytes),
        history,
      });
    } catch (error) {
      await runner.release();
      throw error;
    }
  }

  async toTheEnd(): Promise<string | null> {
    const { plan, job } = this.parts;
    for (let epoch = (this.history.at(-1)?.row.epoch ?? 0) + 1; epoch <= plan.epochs; epoch++) {
      if (this.isStopped()) {
        return `stopped early: ${plan.earlyStopping?.patience} evaluations in a row without a better ${job.primaryMetric}`;
      }
      await this.epoch(epoch);
    }
    return null;
  }

  /** Once, at the end: the engine writes the report of the kept model. */
  tellKept(): void {
    if (this.kept !== null) this.parts.context.send({ type: 'scored', scores: this.kept });
  }

  async close(): Promise<void> {
    const { feeds, runner, evaluator } = this.parts;
    await Promise.all([feeds.training.close(), feeds.validation.close()]);
    await runner.release();
    await evaluator.release();
  }

  private isStopped(): boolean {
    const { earlyStopping } = this.parts.plan;
    const { primaryMetric } = this.parts.job;
    const evaluations = this.history.flatMap(({ row }) => row.metrics[primaryMetric] ?? []);
    return earlyStopping !== null && shouldStop(evaluations, earlyStopping);
  }

  private async epoch(epoch: number): Promise<void> {
    const { plan, context } = this.parts;
    const startMs = context.nowMs();
    this.phase = 'training';
    const { loss, learningRate, waitedMs } = await this.trainEpoch(epoch);
    const trainedMs = context.nowMs() - startMs;
    this.noteCache();
    this.phase = 'evaluating';
    const isEvaluated = epoch % plan.evaluationFrequency === 0 || epoch === plan.epochs;
    const tensors = await this.parts.runner.tensors();
    const evaluation = isEvaluated ? await this.evaluate(epoch, modelOf(tensors)) : null;
    const row = {
      epoch,
      train_loss: loss,
      metrics: evaluation?.metrics ?? {},
      learning_rate: learningRate,
      seconds: (context.nowMs() - startMs) / 1000,
      images_per_second: (plan.steps * plan.batchSize * 1000) / trainedMs,
      data_wait_seconds: waitedMs / 1000,
    };
    const best = this.bestWith(epoch, row.metrics);
    if (evaluation !== null && best?.epoch === epoch) this.kept = evaluation.scores;
    const report = {
      row,
      valid_loss: evaluation?.scores.loss ?? null,
      best,
      ...this.thresholdsWith(best, epoch, evaluation?.scores ?? null),
    };
    this.history.push(report);
    this.keep(report, tensors);
    this.pace.epochFinished();
    context.send({ type: 'epoch', report, isRepeated: false });
  }

  /** After the first epoch, when every image has been asked for. */
  private noteCache(): void {
    if (this.isCacheNoted) return;
    this.isCacheNoted = true;
    const { job, context, feeds } = this.parts;
    const megabytes = Math.round(context.imageCacheBytes / 2 ** 20);
    if (feeds.training.kept >= job.train.length) return;
    const text =
      `${feeds.training.kept} of ${job.train.length} training images fit in the image cache of ${megabytes} MB; ` +
      `the others are decoded again in every epoch (LIGHTBENCH_IMAGE_CACHE_MB sets its size)`;
    context.send({ type: 'note', text });
  }

  private async trainEpoch(epoch: number): Promise<{ loss: number; learningRate: number; waitedMs: number }> {
    const { plan, job, context, runner, feeds } = this.parts;
    const startMs = context.nowMs();
    const updateOf = (step: number) => (epoch - 1) * plan.updates + placeOf(plan, step).update;
    let fed = 0;
    let step = 0;
    let total = 0;
    const finished = (results: readonly StepResult[]) => {
      for (const result of results) {
        this.refuseDiverged(result, epoch, step + 1, learningRateAt(plan, updateOf(step)));
        total += result.loss;
        step++;
      }
      if (results.length === 0) return;
      const rate = (step * plan.batchSize * 1000) / (context.nowMs() - startMs);
      this.tell({ epoch, phase: 'training', step, steps: plan.steps, loss: total / step, imagesPerSecond: rate });
    };
    const order = epochOrder(job.train.length, plan.batchSize, plan.seed, epoch);
    const wait = new WaitTimer(context.nowMs);
    for await (const batch of wait.timed(feeds.training.batches(order, epoch))) {
      context.checkCancelled();
      const feed = { ...batchFeeds(batch, job, plan, runner.noises, epoch, fed), ...updateFeeds(plan, updateOf(fed)) };
      finished(await runner.step(feed, placeOf(plan, fed)));
      fed++;
    }
    finished(await runner.flush());
    const learningRate = learningRateAt(plan, epoch * plan.updates - 1);
    return { loss: total / plan.steps, learningRate, waitedMs: wait.waitedMs };
  }

  private refuseDiverged({ loss, gradientNorm: norm }: StepResult, epoch: number, step: number, rate: number): void {
    if (!Number.isFinite(loss)) throw diverged(`the training loss is ${loss}`, epoch, step, rate);
    if (norm !== null && !Number.isFinite(norm))
      throw diverged(`the length of the gradient is ${norm}`, epoch, step, rate);
  }

  private async evaluate(epoch: number, model: ReadonlyMap<string, FloatTensor>) {
    const { plan, job, context, evaluator, feeds } = this.parts;
    const values = new Map([...model].map(([name, { data }]) => [name, data] as const));
    const { validation } = job;
    const steps = Math.ceil(validation.length / plan.validationBatchSize);
    const scores = await evaluator.score(values, feeds.validation, validation, (images) => {
      context.checkCancelled();
      const step = Math.ceil(images / plan.validationBatchSize);
      this.tell({ epoch, phase: 'evaluating', step, steps, loss: null, imagesPerSecond: null });
    });
    if (!Number.isFinite(scores.loss)) {
      const rate = learningRateAt(plan, epoch * plan.updates - 1);
      throw diverged(`the validation loss is ${scores.loss}`, epoch, plan.steps, rate);
    }
    return { scores, metrics: metricsOf(job, validation, scores.probabilities) };
  }

  private bestWith(epoch: number, metrics: Readonly<Record<string, number | null>>): EpochReport['best'] {
    const value = metrics[this.parts.job.primaryMetric];
    const before = this.history.at(-1)?.best ?? null;
    return typeof value === 'number' && (before === null || value > before.value) ? { value, epoch } : before;
  }

  /** Those of the model that this epoch is to be kept for. */
  private thresholdsWith(
    best: EpochReport['best'],
    epoch: number,
    scores: Scores | null,
  ): Pick<EpochReport, 'thresholds'> {
    const { job } = this.parts;
    if (scores === null || best?.epoch !== epoch || activationOf(job.task) === 'softmax') return {};
    const truth = trueSets(job.validation, job.classes.length);
    return { thresholds: { epoch, classes: tuneThresholds(job.classes, scores.probabilities, truth) } };
  }

  /** The kept model and its thresholds first, then the checkpoint that names it: a crash between the two repeats the epoch. */
  private keep(report: EpochReport, tensors: ReadonlyMap<string, FloatTensor>): void {
    const { job, plan } = this.parts;
    const { epoch } = report.row;
    const isPeriodic = (at: number) => plan.checkpointFrequency !== null && at % plan.checkpointFrequency === 0;
    if (report.best?.epoch === epoch || isPeriodic(epoch)) {
      writeModel(epochCheckpoint(job.runFolder, epoch), modelOf(tensors), job, epoch);
    }
    if (report.thresholds !== undefined) writeThresholds(job.runFolder, report.thresholds);
    writeLast(job.runFolder, tensors, {
      history: this.history,
      batches: batchSizesOf(job),
      labels: labelDigest(job),
    });
    const periodic = this.history.map(({ row }) => row.epoch).filter(isPeriodic);
    removeModelsBut(job.runFolder, [...periodic, ...(report.best ? [report.best.epoch] : [])]);
  }

  private tell(now: Omit<Progress, 'epochs' | 'remainingMs'>): void {
    const { plan, context } = this.parts;
    // Evaluation is a small part at the end of an epoch; the estimate takes it as done.
    const share01 = now.phase === 'training' ? now.step / now.steps : 1;
    const remainingMs = this.pace.remainingMs(now.epoch, share01);
    context.send({ type: 'progress', progress: { ...now, epochs: plan.epochs, remainingMs } });
  }
}

/** Few images are no whole batch. */
const validationSizes = ({ validation }: TrainJob, plan: Plan) => ({
  cropSize: plan.validationCropSize,
  batchSize: Math.min(plan.validationBatchSize, Math.max(1, validation.length)),
});

function diverged(what: string, epoch: number, step: number, learningRate: number): AppError {
  const message = `training diverged: ${what} at epoch ${epoch}, step ${step}; try a learning rate below ${learningRate}`;
  return new AppError('training-diverged', message, { epoch, step, learning_rate: learningRate });
}
