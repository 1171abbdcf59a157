/** One training run, from its job message to its end. */

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
import type { Judge, Judgement, Learning } from './learning.ts';
import { batchSizesOf, halved, isOutOfMemory, type LessMemory, type Phase, withBatchSizes } from './less-memory.ts';
import { epochOrder } from './order.ts';
import { Pace } from './pace.ts';
import { type Plan, placeOf, planOf } from './plan.ts';
import { prepare } from './prepare.ts';
import type { EpochReport, FromChild, Progress, Scored, TrainJob } from './protocol.ts';
import { Stage, type StageContext } from './stage.ts';
import { learningRateAt, noiseFeeds, updateFeeds } from './step-feeds.ts';
import { modelOf, type StepResult } from './step-runner.ts';
import { labelDigest } from './truth.ts';
import { WaitTimer } from './wait-timer.ts';

export interface TrainContext extends StageContext {
  readonly send: (message: FromChild) => void;
  /** Throws once the run is to end. */
  readonly checkCancelled: () => void;
  /** Why runs on this processor are slower than they need be; null where they are not. */
  readonly cpuWarning: () => Promise<string | null>;
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
  const warning = job.device === 'cpu' ? await context.cpuWarning() : null;
  if (warning !== null) send({ type: 'note', text: warning });
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
  readonly learning: Learning;
  readonly judge: Judge;
  readonly validation: BatchFeed;
  readonly history: readonly EpochReport[];
}

class Run {
  phase: Phase = 'training';
  private readonly parts: RunParts;
  private stage: Stage;
  private readonly history: EpochReport[];
  private readonly pace: Pace;
  /** What the kept model says of the validation images; null while it is none of this process. */
  private kept: Scored | null = null;
  private isCacheNoted = false;

  private constructor(parts: RunParts, stage: Stage) {
    this.parts = parts;
    this.stage = stage;
    this.history = [...parts.history];
    this.pace = new Pace(parts.context.nowMs, parts.plan.epochs);
  }

  static async open(job: TrainJob, plan: Plan, context: TrainContext): Promise<Run> {
    const { learning, start } = prepare(job, plan);
    const { values, history, notes } = start;
    for (const text of [...notes, ...learning.notes]) context.send({ type: 'note', text });
    // What an interrupted run had reached is told again: the engine may have died before it wrote it down.
    for (const report of history) context.send({ type: 'epoch', report, isRepeated: true });
    const stage = await Stage.open(learning.inEpoch(nextEpoch(history)), values, job, context);
    try {
      const judge = await learning.openJudge();
      const validation = learning.openValidation(context.imageCacheBytes);
      return new Run({ job, plan, context, learning, judge, validation, history }, stage);
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  async toTheEnd(): Promise<string | null> {
    const { plan, job } = this.parts;
    for (let epoch = nextEpoch(this.history); epoch <= plan.epochs; epoch++) {
      if (this.isStopped()) {
        return `stopped early: ${plan.earlyStopping?.patience} evaluations in a row without a better ${job.primaryMetric}`;
      }
      await this.epoch(epoch);
    }
    return null;
  }

  /** Once, at the end: the engine writes the report of the kept model. */
  tellKept(): void {
    if (this.kept !== null) this.parts.context.send({ type: 'scored', scored: this.kept });
  }

  async close(): Promise<void> {
    const { validation, judge } = this.parts;
    await Promise.all([this.stage.close(), validation.close()]);
    await judge.release();
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
    const tensors = await this.stage.runner.tensors();
    const evaluation = isEvaluated ? await this.evaluate(epoch, modelOf(tensors)) : null;
    const row = {
      epoch,
      train_loss: loss,
      metrics: evaluation?.metrics ?? {},
      per_label_metrics: evaluation?.perLabel ?? null,
      learning_rate: learningRate,
      seconds: (context.nowMs() - startMs) / 1000,
      images_per_second: (plan.steps * plan.batchSize * 1000) / trainedMs,
      data_wait_seconds: waitedMs / 1000,
    };
    const best = this.bestWith(epoch, row.metrics);
    if (evaluation !== null && best?.epoch === epoch) this.kept = evaluation.scored;
    const report = {
      row,
      valid_loss: evaluation?.loss ?? null,
      best,
      ...thresholdsWith(best, epoch, evaluation),
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
    const { job, context } = this.parts;
    const { kept } = this.stage.feed;
    const megabytes = Math.round(context.imageCacheBytes / 2 ** 20);
    if (kept >= job.train.length) return;
    const text =
      `${kept} of ${job.train.length} training images fit in the image cache of ${megabytes} MB; ` +
      `the others are decoded again in every epoch (LIGHTBENCH_IMAGE_CACHE_MB sets its size)`;
    context.send({ type: 'note', text });
  }

  private async trainEpoch(epoch: number): Promise<{ loss: number; learningRate: number; waitedMs: number }> {
    const { plan, context } = this.parts;
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
    await this.enter(epoch);
    const { runner, feed: pictures, learning } = this.stage;
    const order = epochOrder(plan.trainingViews, plan.batchSize, plan.seed, epoch);
    const wait = new WaitTimer(context.nowMs);
    for await (const batch of wait.timed(pictures.batches(order, epoch))) {
      context.checkCancelled();
      const noises = noiseFeeds(plan, runner.noises, epoch, fed);
      const feed = { ...learning.feedsOf(batch), ...noises, ...updateFeeds(plan, updateOf(fed)) };
      finished(await runner.step(feed, placeOf(plan, fed)));
      fed++;
    }
    finished(await runner.flush());
    const learningRate = learningRateAt(plan, epoch * plan.updates - 1);
    return { loss: total / plan.steps, learningRate, waitedMs: wait.waitedMs };
  }

  /** A run whose pictures change their size goes on with another step and another feed. */
  private async enter(epoch: number): Promise<void> {
    const { learning, job, context } = this.parts;
    const wanted = learning.inEpoch(epoch);
    if (wanted !== this.stage.learning) this.stage = await this.stage.goOnAs(wanted, job, context);
  }

  private refuseDiverged({ loss, gradientNorm: norm }: StepResult, epoch: number, step: number, rate: number): void {
    if (!Number.isFinite(loss)) throw diverged(`the training loss is ${loss}`, epoch, step, rate);
    if (norm !== null && !Number.isFinite(norm))
      throw diverged(`the length of the gradient is ${norm}`, epoch, step, rate);
  }

  private async evaluate(epoch: number, model: ReadonlyMap<string, FloatTensor>): Promise<Judgement> {
    const { plan, context, judge, validation } = this.parts;
    const values = new Map([...model].map(([name, { data }]) => [name, data] as const));
    const steps = Math.ceil(plan.validationViews / plan.validationBatchSize);
    const judgement = await judge.judge(values, validation, (views) => {
      context.checkCancelled();
      const step = Math.ceil(views / plan.validationBatchSize);
      this.tell({ epoch, phase: 'evaluating', step, steps, loss: null, imagesPerSecond: null });
    });
    if (judgement.loss !== null && !Number.isFinite(judgement.loss)) {
      const rate = learningRateAt(plan, epoch * plan.updates - 1);
      throw diverged(`the validation loss is ${judgement.loss}`, epoch, plan.steps, rate);
    }
    return judgement;
  }

  private bestWith(epoch: number, metrics: Readonly<Record<string, number | null>>): EpochReport['best'] {
    const value = metrics[this.parts.job.primaryMetric];
    const before = this.history.at(-1)?.best ?? null;
    return typeof value === 'number' && (before === null || value > before.value) ? { value, epoch } : before;
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

const nextEpoch = (history: readonly EpochReport[]): number => (history.at(-1)?.row.epoch ?? 0) + 1;

/** Those of the model that this epoch is to be kept for. */
function thresholdsWith(
  best: EpochReport['best'],
  epoch: number,
  judgement: Judgement | null,
): Pick<EpochReport, 'thresholds'> {
  if (best?.epoch !== epoch || judgement === null || judgement.thresholds === null) return {};
  return { thresholds: { epoch, classes: judgement.thresholds } };
}

function diverged(what: string, epoch: number, step: number, learningRate: number): AppError {
  const message = `training diverged: ${what} at epoch ${epoch}, step ${step}; try a learning rate below ${learningRate}`;
  return new AppError('training-diverged', message, { epoch, step, learning_rate: learningRate });
}
