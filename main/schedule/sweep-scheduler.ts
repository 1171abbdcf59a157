/**
 * Runs a sweep: decides which trial runs where and when, and owns the states of trials. Everything it decides by is in
 * the store, so it may die at any moment and another goes on where it was.
 */

import { AppError, messageOf } from '../../preload/contract/errors.ts';
import type { SweepRequest, TrialState } from '../../preload/contract/sweep.ts';
import type { PolicyDecision } from '../../preload/contract/sweep-plan.ts';
import type { ReportingTrial } from '../search/pruners/pruner.ts';
import { judge } from '../search/pruners/pruners.ts';
import { type PriorTrial, priorReports } from '../search/warm-start.ts';
import { toDiskError } from '../store/disk-errors.ts';
import { epochsOf } from '../store/epochs.ts';
import type { WriteProject } from '../store/project.ts';
import { addRunNotes, finishRun, placeRun, requeueRun, runById } from '../store/runs.ts';
import { addActiveTime, finishSweep, type Sweep, startSweep, sweepById } from '../store/sweeps.ts';
import { curvesOf } from '../store/trial-curves.ts';
import { claimNext, finishTrial, returnTrial, setDecision, type Trial, trialsOf } from '../store/trials.ts';
import type { EpochReport, Progress } from '../train/protocol.ts';
import type { Admission, MemoryGate } from './memory-gate.ts';
import { addNextTrial, type WeightsFor } from './next-trial.ts';
import { firstJob, type TrainingListener } from './run-training.ts';
import type { Slot } from './slots.ts';
import { changeSweep } from './sweep-changes.ts';
import { takeRequests } from './sweep-requests.ts';
import type { Trainer } from './trainer.ts';
import { failureText, logTrial } from './trial-log.ts';
import { priorTrials } from './warm-start.ts';

export interface SweepListener {
  /** A trial has begun, or has come to this state. */
  readonly onTrial?: (trial: number, state: TrialState, reason: string | null) => void;
  readonly onEpoch?: (trial: number, report: EpochReport) => void;
  readonly onDecision?: (trial: number, decision: PolicyDecision) => void;
  readonly onProgress?: (trial: number, progress: Progress) => void;
  /** What a person should know; of no trial in particular where that is null. */
  readonly onNote?: (trial: number | null, text: string) => void;
}

export interface SweepParts {
  readonly project: WriteProject;
  readonly trainer: Trainer;
  readonly slots: readonly Slot[];
  readonly gate: MemoryGate;
  readonly weightsFor: WeightsFor;
  readonly listener: SweepListener;
  /** Aborted: running trials are put aside at once, and the sweep is paused. */
  readonly signal: AbortSignal;
}

/** What becomes of a trial that is ended before its time. */
type Fate = { readonly state: 'stopped' | 'cancelled'; readonly reason: string } | { readonly state: 'aside' };

interface ActiveTrial {
  readonly trial: Trial & { readonly run_id: string };
  readonly slot: Slot;
  readonly bytes: number;
  readonly startedMs: number;
  readonly abort: AbortController;
  /** The first to be decided holds. */
  fate: Fate | null;
  done: Promise<void>;
}

interface Ending {
  readonly state: 'paused' | 'stopped';
  readonly reason: string | null;
  readonly fate: Fate;
}

const MOST_ATTEMPTS = 2; // a trial that fails is tried once more
const POLL_MS = 200; // how soon a request is noticed
const COUNT_MS = 10_000; // a program that dies forgets at most as much of the time limit
const MS_PER_HOUR = 3_600_000;
const MS_PER_MINUTE = 60_000;

/**
 * Runs or goes on with a sweep until it is over, paused or stopped.
 * Errors: sweep-not-found, sweep-wrong-state when it is running; too-few-images and disk errors, which stop the sweep.
 */
export async function runSweep(id: string, parts: SweepParts): Promise<void> {
  await new SweepScheduler(id, parts).run();
}

class SweepScheduler {
  private readonly parts: SweepParts;
  private readonly id: string;
  private readonly active = new Map<number, ActiveTrial>();
  /** The primary metric of every trial, one value an evaluated epoch. */
  private readonly reports = new Map<number, number[]>();
  /** Of the sweeps that this one begins with. */
  private prior: readonly PriorTrial[] = [];
  private ending: Ending | null = null;
  /** Trials that ran when the next one did not fit in memory. */
  private blockedBy: number | null = null;
  private countedMs: number;
  private readonly urgent = new AbortController();

  constructor(id: string, parts: SweepParts) {
    this.id = id;
    this.parts = parts;
    this.countedMs = parts.project.clock.nowMs();
  }

  async run(): Promise<void> {
    const { project, signal } = this.parts;
    const { db, clock } = project;
    startSweep(db, this.id, clock.nowMs());
    this.prior = priorTrials(db, this.sweep());
    for (const [number, { values }] of curvesOf(db, this.sweep())) this.reports.set(number, [...values]);
    const putAside = () => this.end({ state: 'paused', reason: null, fate: { state: 'aside' } }, true);
    signal.addEventListener('abort', putAside, { once: true });
    try {
      if (signal.aborted) putAside();
      await this.loop();
      this.countTime(0);
      const { state, reason } = this.ending ?? { state: 'completed' as const, reason: null };
      finishSweep(db, this.id, state, reason, clock.nowMs());
    } catch (error) {
      const cause = toDiskError(error, project.folder, `run sweep ${this.id}`);
      this.end({ state: 'stopped', reason: null, fate: { state: 'aside' } }, true);
      await Promise.allSettled([...this.active.values()].map(({ done }) => done));
      finishSweep(db, this.id, 'stopped', messageOf(cause), clock.nowMs());
      throw cause;
    } finally {
      signal.removeEventListener('abort', putAside);
    }
  }

  private async loop(): Promise<void> {
    for (;;) {
      for (const request of takeRequests(this.parts.project, this.id)) this.apply(request);
      this.watchTime();
      if (this.ending === null) await this.fill();
      if (this.active.size === 0 && (this.ending !== null || this.blockedBy === null)) return;
      await this.somethingNew();
      this.countTime(COUNT_MS);
    }
  }

  /** Starts trials while there are places and trials. */
  private async fill(): Promise<void> {
    while (this.ending === null && this.blockedBy !== this.active.size) {
      const slot = this.freeSlot();
      const trial = slot === null ? null : this.claim(slot);
      if (slot === null || trial === null) return;
      if (this.isSettled(trial)) continue;
      placeRun(this.parts.project.db, trial.run_id, slot.device);
      const admission = await this.admit(trial, slot);
      if (admission === null) return;
      this.start(trial, slot, admission);
    }
  }

  private freeSlot(): Slot | null {
    const taken = [...this.active.values()].map(({ slot }) => slot);
    return this.parts.slots.find((slot) => !taken.includes(slot)) ?? null;
  }

  /** The oldest trial that waits, else a new one; null when there is none. */
  private claim(slot: Slot): ActiveTrial['trial'] | null {
    const { project, weightsFor, listener } = this.parts;
    for (;;) {
      const trial = claimNext(project.db, this.id, project.clock.nowMs());
      if (trial !== null) return trial as ActiveTrial['trial'];
      const added = addNextTrial(project, this.sweep(), this.prior, slot.device, weightsFor);
      if (added === null) return null;
      if (added.problem !== null) listener.onTrial?.(added.number, 'failed', added.problem);
    }
  }

  /** A trial that was interrupted after its last epoch, or before the policy could end it, has no more to do. */
  private isSettled(trial: ActiveTrial['trial']): boolean {
    const { db, clock } = this.parts.project;
    const run = runById(db, trial.run_id);
    if (run.state === 'completed') {
      this.finish(trial, 'completed', run.reason);
      return true;
    }
    if (run.state === 'failed' || run.state === 'cancelled') requeueRun(db, run.id);
    const reported = this.reports.get(trial.number)?.length ?? 0;
    const isAtEnd = epochsOf(db, run.id).at(-1)?.epoch === run.params['number_of_epochs'];
    const isJudged = isAtEnd || (trial.decision !== null && trial.decision.interval >= reported);
    const decision = isJudged ? null : this.decide(trial);
    if (decision?.is_stopped !== true) return false;
    finishRun(db, run.id, 'cancelled', decision.explanation, clock.nowMs());
    this.finish(trial, 'stopped', decision.explanation);
    return true;
  }

  /** Null when the trial has to wait, or its turn was ended. */
  private async admit(trial: ActiveTrial['trial'], slot: Slot): Promise<Admission | null> {
    const { project, gate, listener } = this.parts;
    const taken = [...this.active.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    const aside = (): null => {
      returnTrial(project.db, trial, false);
      return null;
    };
    try {
      const job = firstJob(project, trial.run_id, slot.threads);
      const admission = await gate.admit(job, taken, this.urgent.signal);
      if (this.ending !== null) return aside();
      if (admission !== null) return admission;
      this.blockedBy = this.active.size;
      listener.onNote?.(trial.number, 'waits until there is memory for it');
      return aside();
    } catch (error) {
      if (error instanceof AppError && error.code === 'cancelled') return aside();
      if (!(error instanceof AppError)) throw error;
      return { batches: null, bytes: 0, note: null }; // images that have gone: the run itself says so
    }
  }

  private start(trial: ActiveTrial['trial'], slot: Slot, { batches, bytes, note }: Admission): void {
    const { project, listener, trainer } = this.parts;
    const abort = new AbortController();
    const startedMs = project.clock.nowMs();
    const active: ActiveTrial = { trial, slot, bytes, startedMs, abort, fate: null, done: Promise.resolve() };
    this.active.set(trial.number, active);
    const isResumed = trainer.hasBegun(project, trial.run_id);
    logTrial(project, trial.run_id, `attempt ${trial.attempts} on ${slot.device}${isResumed ? ', resumed' : ''}`);
    if (note !== null && !isResumed) {
      addRunNotes(project.db, trial.run_id, [note]);
      listener.onNote?.(trial.number, note);
    }
    listener.onTrial?.(trial.number, 'running', null);
    const training = isResumed
      ? trainer.goOn(project, trial.run_id, slot.threads, this.listenerOf(active))
      : trainer.begin(project, trial.run_id, slot.threads, this.listenerOf(active), batches);
    active.done = training.then(
      () => this.settle(active, null),
      (error: unknown) => this.settle(active, error),
    );
  }

  private listenerOf(active: ActiveTrial): TrainingListener {
    const { project, listener } = this.parts;
    const { number, run_id: run } = active.trial;
    return {
      signal: active.abort.signal,
      onNote: (text) => {
        logTrial(project, run, `note: ${text}`);
        listener.onNote?.(number, text);
      },
      onProgress: (progress) => listener.onProgress?.(number, progress),
      onEpoch: (report) => {
        listener.onEpoch?.(number, report);
        this.reported(active, report);
      },
    };
  }

  private reported(active: ActiveTrial, { row }: EpochReport): void {
    const { project } = this.parts;
    const { trial } = active;
    const value = row.metrics[this.sweep().primary_metric];
    const isLast = row.epoch === runById(project.db, trial.run_id).params['number_of_epochs'];
    if (typeof value === 'number') this.reports.set(trial.number, [...(this.reports.get(trial.number) ?? []), value]);
    logTrial(project, trial.run_id, `epoch ${row.epoch}: train loss ${row.train_loss}, ${JSON.stringify(row.metrics)}`);
    if (isLast) return;
    const decision = typeof value === 'number' ? this.decide(trial) : null;
    if (decision?.is_stopped === true) this.cut(active, { state: 'stopped', reason: decision.explanation });
    else if (this.ending !== null) this.cut(active, this.ending.fate);
  }

  /** What the policy says of a trial after its latest report. */
  private decide(trial: Trial): PolicyDecision | null {
    const { project, listener } = this.parts;
    const own = trialsOf(project.db, this.id).map(
      ({ number, state }): ReportingTrial => ({
        number,
        reports: this.reports.get(number) ?? [],
        isFinished: state !== 'running' && state !== 'queued',
      }),
    );
    const all = [...priorReports(this.prior), ...own];
    const itself = own.find(({ number }) => number === trial.number)!;
    const decision = judge(this.sweep().plan.early_termination_policy, itself, all);
    if (decision === null) return null;
    setDecision(project.db, trial, decision);
    if (trial.run_id !== null) logTrial(project, trial.run_id, decision.explanation);
    listener.onDecision?.(trial.number, decision);
    return decision;
  }

  private cut(active: ActiveTrial, fate: Fate): void {
    if (active.fate !== null) return;
    active.fate = fate;
    active.abort.abort(new AppError('cancelled', fate.state === 'aside' ? 'put aside, to go on later' : fate.reason));
  }

  /** A trial's training is over, one way or another. */
  private settle({ trial, fate }: ActiveTrial, error: unknown): void {
    const { db } = this.parts.project;
    this.active.delete(trial.number);
    this.blockedBy = null;
    const isCancelled = error instanceof AppError && error.code === 'cancelled';
    if (error === null) this.finish(trial, 'completed', runById(db, trial.run_id).reason);
    else if (!isCancelled) this.failed(trial, error);
    else if (fate !== null && fate.state !== 'aside') this.finish(trial, fate.state, fate.reason);
    else this.putBack(trial, false, 'put aside');
  }

  /** Tried once more, from its last epoch on; then it has failed. */
  private failed(trial: ActiveTrial['trial'], error: unknown): void {
    logTrial(this.parts.project, trial.run_id, failureText(error));
    const reason = messageOf(error);
    if (trial.attempts >= MOST_ATTEMPTS) this.finish(trial, 'failed', reason);
    else this.putBack(trial, true, `failed, and is tried once more: ${reason}`);
  }

  private putBack(trial: ActiveTrial['trial'], isAttempt: boolean, why: string): void {
    returnTrial(this.parts.project.db, trial, isAttempt);
    this.parts.listener.onTrial?.(trial.number, 'queued', why);
  }

  private finish(
    trial: ActiveTrial['trial'],
    state: Exclude<TrialState, 'queued' | 'running'>,
    reason: string | null,
  ): void {
    const { project, listener } = this.parts;
    finishTrial(project.db, trial, state, reason, project.clock.nowMs());
    logTrial(project, trial.run_id, `${state}${reason === null ? '' : `: ${reason}`}`);
    listener.onTrial?.(trial.number, state, reason);
  }

  private apply(request: SweepRequest): void {
    const { project, listener } = this.parts;
    try {
      if (request.action === 'pause') this.end({ state: 'paused', reason: null, fate: { state: 'aside' } }, false);
      else if (request.action === 'stop') this.endByHand('stopped by hand after its epoch', false);
      else if (request.action === 'stop-now') this.endByHand('stopped by hand', true);
      else if (request.action === 'stop-trial' && this.active.has(request.trial)) {
        this.cut(this.active.get(request.trial)!, { state: 'cancelled', reason: 'stopped by hand' });
      } else changeSweep(project, this.id, request);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      listener.onNote?.(null, error.message); // a request that makes no sense ends nothing
    }
  }

  private endByHand(reason: string, isUrgent: boolean): void {
    this.end({ state: 'stopped', reason: 'stopped by hand', fate: { state: 'cancelled', reason } }, isUrgent);
  }

  /** No trial starts any more; those that run end after their epoch, or at once. */
  private end(ending: Ending, isUrgent: boolean): void {
    this.ending = ending;
    if (!isUrgent) return;
    this.urgent.abort();
    for (const active of this.active.values()) this.cut(active, ending.fate);
  }

  private watchTime(): void {
    const { clock } = this.parts.project;
    const { plan, active_ms: activeMs } = this.sweep();
    const limitMs = plan.experiment_timeout_hours * MS_PER_HOUR;
    if (this.ending === null && activeMs + clock.nowMs() - this.countedMs >= limitMs) {
      const reason = `experiment_timeout_hours ${plan.experiment_timeout_hours} is over`;
      this.end({ state: 'stopped', reason, fate: { state: 'cancelled', reason } }, true);
    }
    if (plan.trial_timeout_minutes === null) return;
    const reason = `trial_timeout_minutes ${plan.trial_timeout_minutes} is over`;
    for (const active of this.active.values()) {
      const isOver = clock.nowMs() - active.startedMs >= plan.trial_timeout_minutes * MS_PER_MINUTE;
      if (isOver) this.cut(active, { state: 'cancelled', reason });
    }
  }

  /** Writes down how long the sweep has run, when that is at least so long. */
  private countTime(leastMs: number): void {
    const nowMs = this.parts.project.clock.nowMs();
    if (nowMs - this.countedMs < leastMs) return;
    addActiveTime(this.parts.project.db, this.id, nowMs - this.countedMs);
    this.countedMs = nowMs;
  }

  private async somethingNew(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, POLL_MS);
    });
    await Promise.race([pause, ...[...this.active.values()].map(({ done }) => done)]);
    clearTimeout(timer);
  }

  private sweep(): Sweep {
    return sweepById(this.parts.project.db, this.id);
  }
}
