/** One training run, from its job message to its end. */

import { findModel } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { sizeOf } from '../../native-models/core/shape.ts';
import { scalarsAt } from '../../native-models/optim/optimizer.ts';
import { learningRateFactor } from '../../native-models/optim/schedules.ts';
import type { TrainingProgram } from '../../native-models/training.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { Batch, BatchFeed } from '../images/feed.ts';
import { evaluateClassification } from '../metrics/classification.ts';
import { epochCheckpoint, removeModelsBut, writeLast, writeModel } from './checkpoint.ts';
import { shouldStop } from './early-stopping.ts';
import { Evaluator } from './evaluator.ts';
import { epochOrder } from './order.ts';
import { Pace } from './pace.ts';
import { type Plan, planOf } from './plan.ts';
import { buildProgram, openFeeds, startingPoint } from './prepare.ts';
import type { EpochReport, FromChild, Progress, TrainJob } from './protocol.ts';
import { type Feeds, floatTensor, Tensor } from './runtime.ts';
import { Stepper } from './stepper.ts';

export interface TrainContext {
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly send: (message: FromChild) => void;
  /** Throws once the run is to end. */
  readonly checkCancelled: () => void;
}

/**
 * Trains until the last epoch or until early stopping; every epoch ends with a checkpoint, then a message.
 * Returns why it stopped before the last epoch, null when it did not.
 * Errors: training-diverged when the loss is not a number, and whatever reading images, weights and checkpoints throws.
 */
export async function train(job: TrainJob, context: TrainContext): Promise<string | null> {
  const run = await Run.open(job, planOf(job), context);
  try {
    return await run.toTheEnd();
  } finally {
    await run.close();
  }
}

interface RunParts {
  readonly job: TrainJob;
  readonly plan: Plan;
  readonly context: TrainContext;
  readonly program: TrainingProgram;
  readonly stepper: Stepper;
  readonly evaluator: Evaluator;
  readonly feeds: { readonly training: BatchFeed; readonly validation: BatchFeed };
  readonly history: readonly EpochReport[];
}

class Run {
  private readonly parts: RunParts;
  private readonly history: EpochReport[];
  private readonly pace: Pace;

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
    const program = buildProgram(job, card, plan);
    const stepper = await Stepper.open(program, values, job);
    const evaluator = await Evaluator.open(card, job, plan.validationCropSize);
    return new Run({ job, plan, context, program, stepper, evaluator, feeds: openFeeds(job, plan), history });
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

  async close(): Promise<void> {
    const { feeds, stepper, evaluator } = this.parts;
    await Promise.all([feeds.training.close(), feeds.validation.close()]);
    await stepper.release();
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
    const { loss, learningRate } = await this.trainEpoch(epoch);
    const trainedMs = context.nowMs() - startMs;
    const isEvaluated = epoch % plan.evaluationFrequency === 0 || epoch === plan.epochs;
    const evaluation = isEvaluated ? await this.evaluate(epoch) : null;
    const row = {
      epoch,
      train_loss: loss,
      metrics: evaluation?.metrics ?? {},
      learning_rate: learningRate,
      seconds: (context.nowMs() - startMs) / 1000,
      images_per_second: (plan.steps * plan.batchSize * 1000) / trainedMs,
    };
    const report = { row, valid_loss: evaluation?.loss ?? null, best: this.bestWith(epoch, row.metrics) };
    this.history.push(report);
    this.keep(report);
    this.pace.epochFinished();
    context.send({ type: 'epoch', report, isRepeated: false });
  }

  private async trainEpoch(epoch: number): Promise<{ loss: number; learningRate: number }> {
    const { plan, job, context, stepper, feeds } = this.parts;
    const startMs = context.nowMs();
    let step = 0;
    let total = 0;
    let learningRate = 0;
    for await (const batch of feeds.training.batches(
      epochOrder(job.train.length, plan.batchSize, plan.seed, epoch),
      epoch,
    )) {
      context.checkCancelled();
      const update = (epoch - 1) * plan.steps + step;
      learningRate = this.learningRateAt(update);
      const scalars = scalarFeeds(scalarsAt(plan.optimizer, learningRate, update + 1));
      const loss = await stepper.step({ ...this.feedsOf(batch, epoch, step), ...scalars });
      step++;
      if (!Number.isFinite(loss)) throw diverged(`the training loss is ${loss}`, epoch, step, learningRate);
      total += loss;
      const rate = (step * plan.batchSize * 1000) / (context.nowMs() - startMs);
      this.tell({ epoch, phase: 'training', step, steps: plan.steps, loss: total / step, imagesPerSecond: rate });
    }
    return { loss: total / plan.steps, learningRate };
  }

  private learningRateAt(step: number): number {
    const { schedule, learningRate, steps, epochs } = this.parts.plan;
    return learningRate * learningRateFactor(schedule, { step, stepsPerEpoch: steps, totalEpochs: epochs });
  }

  private feedsOf(batch: Batch, epoch: number, step: number): Feeds {
    const { program, plan } = this.parts;
    const noises = program.noises.map(({ name, shape }) => {
      const rng = rngFrom(plan.seed, name, epoch, step);
      return [
        name,
        floatTensor(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, () => rng.uniform()),
        ),
      ] as const;
    });
    return {
      images: new Tensor('uint8', batch.images, [batch.count, 3, plan.cropSize, plan.cropSize]),
      labels: new Tensor('int32', batch.labels, [batch.count]),
      ...Object.fromEntries(noises),
    };
  }

  private async evaluate(epoch: number) {
    const { plan, job, context, stepper, evaluator, feeds } = this.parts;
    const values = new Map([...stepper.model()].map(([name, { data }]) => [name, data] as const));
    const { validation, classes } = job;
    const steps = Math.ceil(validation.length / plan.validationBatchSize);
    const scores = await evaluator.score(values, feeds.validation, validation.length, (images) => {
      context.checkCancelled();
      const step = Math.ceil(images / plan.validationBatchSize);
      this.tell({ epoch, phase: 'evaluating', step, steps, loss: null, imagesPerSecond: null });
    });
    if (!Number.isFinite(scores.loss)) {
      throw diverged(
        `the validation loss is ${scores.loss}`,
        epoch,
        plan.steps,
        this.learningRateAt(epoch * plan.steps),
      );
    }
    const truth = Int32Array.from(validation, (sample) => sample.label);
    const { metrics } = evaluateClassification({ scores: scores.probabilities, truth, classes: classes.length });
    return { metrics, loss: scores.loss };
  }

  private bestWith(epoch: number, metrics: Readonly<Record<string, number | null>>): EpochReport['best'] {
    const value = metrics[this.parts.job.primaryMetric];
    const before = this.history.at(-1)?.best ?? null;
    return typeof value === 'number' && (before === null || value > before.value) ? { value, epoch } : before;
  }

  /** The kept model first, then the checkpoint that names it: a crash between the two repeats the epoch. */
  private keep(report: EpochReport): void {
    const { job, plan, stepper } = this.parts;
    const { epoch } = report.row;
    const isPeriodic = (at: number) => plan.checkpointFrequency !== null && at % plan.checkpointFrequency === 0;
    if (report.best?.epoch === epoch || isPeriodic(epoch)) {
      writeModel(epochCheckpoint(job.runFolder, epoch), stepper.model(), job, epoch);
    }
    writeLast(job.runFolder, stepper.tensors(), { history: this.history });
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

function scalarFeeds(values: Readonly<Record<string, number>>): Feeds {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, floatTensor([], Float32Array.of(value))]),
  );
}

function diverged(what: string, epoch: number, step: number, learningRate: number): AppError {
  const message = `training diverged: ${what} at epoch ${epoch}, step ${step}; try a learning rate below ${learningRate}`;
  return new AppError('training-diverged', message, { epoch, step, learning_rate: learningRate });
}
