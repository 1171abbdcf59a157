/**
 * The process that trains, evaluates, exports and scores. It gets one job, sends messages, and ends; it owns no state
 * but the files of its run, and it ends when its engine does.
 */

import { AppError } from '../../preload/contract/errors.ts';
import { toErrorRecord } from '../images/error-record.ts';
import { DEFAULT_CACHE_BYTES } from '../images/feed.ts';
import { cpuChoice } from './backends.ts';
import { evaluate } from './evaluate.ts';
import { exportBundle } from './export.ts';
import { exportObjects } from './export-objects.ts';
import { toFailure } from './failure.ts';
import { ClickQueue } from './imported/click-queue.ts';
import { Clicker } from './imported/clicker.ts';
import { ImportedScorer } from './imported/imported-scorer.ts';
import { inspectFile } from './imported/inspect-file.ts';
import { Inbox } from './inbox.ts';
import { measure } from './measure.ts';
import { probe } from './probe.ts';
import type { FromChild, Job, ScoreRequest, ToChild } from './protocol.ts';
import { Scorer } from './score.ts';
import { ObjectScorer } from './score-objects.ts';
import { openRunner } from './step-runner.ts';
import { train } from './train.ts';

let isCancelled = false;

const send = (message: FromChild): void => {
  process.send?.(message);
};

const checkCancelled = (): void => {
  if (isCancelled) throw new AppError('cancelled', 'cancelled');
};

/** From LIGHTBENCH_IMAGE_CACHE_MB, where that is set. Errors: bad-hyperparameter when it is no number of megabytes. */
function imageCacheBytes(): number {
  const text = process.env['LIGHTBENCH_IMAGE_CACHE_MB'];
  if (text === undefined) return DEFAULT_CACHE_BYTES;
  if (/^[0-9]{1,7}$/.test(text)) return Number(text) * 2 ** 20;
  const message = `LIGHTBENCH_IMAGE_CACHE_MB takes a whole number of megabytes; got "${text}"`;
  throw new AppError('bad-hyperparameter', message, { field: 'LIGHTBENCH_IMAGE_CACHE_MB', got: text });
}

const cpuWarning = async (): Promise<string | null> => (await cpuChoice()).warning;

function tellJudging(done: number, total: number): void {
  checkCancelled();
  send({ type: 'judging', done, total });
}

/** Returns why the job ended before its natural end, null when it did not. */
async function run(job: Job): Promise<string | null> {
  switch (job.kind) {
    case 'train':
      return train(job, {
        nowMs: () => performance.now(),
        send,
        checkCancelled,
        openRunner,
        cpuWarning,
        imageCacheBytes: imageCacheBytes(),
      });
    case 'measure':
      send({ type: 'measured', peakBytes: await measure(job, { checkCancelled, openRunner, cpuWarning }) });
      return null;
    case 'evaluate':
      send({ type: 'scored', scored: await evaluate(job, tellJudging) });
      return null;
    case 'export':
      await exportBundle(job);
      return null;
    case 'export-objects':
      await exportObjects(job);
      return null;
    case 'score':
      await scoreRequests(await Scorer.open(job));
      return null;
    case 'score-objects':
      await scoreRequests(await ObjectScorer.open(job));
      return null;
    case 'score-imported':
      await scoreRequests(await ImportedScorer.open(job));
      return null;
    case 'inspect-model':
      send({ type: 'inspected', facts: await inspectFile(job) });
      return null;
    case 'answer-clicks':
      await answerClicks(await Clicker.open(job));
      return null;
    case 'probe':
      await probe(job, send);
      return null;
    default:
      return job satisfies never;
  }
}

const requests = new Inbox<ScoreRequest>();

async function scoreRequests(scorer: Scorer | ObjectScorer | ImportedScorer): Promise<void> {
  send({ type: 'ready' });
  for await (const request of requests) {
    send({ type: 'image-score', id: request.id, score: await scorer.score(request) });
  }
  await scorer.release();
}

const clicks = new ClickQueue();

async function answerClicks(clicker: Clicker): Promise<void> {
  send({ type: 'ready' });
  for (let asked = await clicks.take(); asked !== null; asked = await clicks.take()) {
    const { id, picture, question } = asked;
    try {
      const mask = question === null ? null : await clicker.answer(question);
      if (question === null) await clicker.prepare(picture);
      send({ type: 'clicked', id, mask, error: null });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      send({ type: 'clicked', id, mask: null, error: toErrorRecord(error) });
    }
  }
  await clicker.release();
}

/** The last message; whatever still holds the process open then (a feed's threads after a failure) is of no use. */
function sendLast(message: FromChild): void {
  process.send?.(message, undefined, undefined, () => process.disconnect());
}

async function main(job: Job): Promise<void> {
  try {
    const reason = await run(job);
    sendLast({ type: 'done', reason });
  } catch (error) {
    sendLast({ type: 'failed', error: toFailure(error, job.device) });
  }
}

process.on('message', (message: ToChild) => {
  switch (message.type) {
    case 'job':
      void main(message.job);
      break;
    case 'cancel':
      isCancelled = true;
      clicks.end();
      break;
    case 'score':
      requests.put(message.request);
      break;
    case 'click':
      clicks.put(message.asked);
      break;
    case 'take-back':
      clicks.drop(message.id);
      break;
    case 'no-more':
      requests.end();
      break;
    default:
      message satisfies never;
  }
});
// The engine is gone, or has all it wanted: checkpoints are whole at any moment, so there is nothing to put in order.
process.on('disconnect', () => process.exit(0));
// Ctrl-C in a terminal reaches the whole group; the engine decides how a run ends.
process.on('SIGINT', () => {});
