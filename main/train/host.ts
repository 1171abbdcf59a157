/** Starts a training child, passes on what it says, and knows how it ended, whatever way that was. */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../preload/contract/errors.ts';
import { explainDeviceFailure } from '../devices/explain.ts';
import { fromErrorRecord } from '../images/error-record.ts';
import { CHILD_FLAGS } from './child-flags.ts';
import type { FromChild, Job, ToChild } from './protocol.ts';

export interface HostOptions {
  /** Given a way to speak to the child, as long as it lives. */
  readonly onStarted?: (say: (message: ToChild) => void) => void;
  readonly onMessage?: (message: FromChild) => void;
  /** Cancels: the child is asked first, and ended by force when it does not end within `GRACE_MS`. */
  readonly signal?: AbortSignal | undefined;
}

export interface Ended {
  /** Why the job ended before its natural end, in words; null when it did not. */
  readonly reason: string | null;
}

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
const GRACE_MS = 800; // a cancel is to take effect within a second
const LOG_LINES = 20;

/**
 * Runs one job in a process of its own.
 * Errors: what the job failed with; `cancelled`; training-process-died with exit code, signal and last log lines.
 */
export function runInChild(job: Job, { onStarted, onMessage, signal }: HostOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new AppError('cancelled', 'cancelled before it started'));
    const child = fork(CHILD, [], {
      execArgv: [...process.execArgv, ...CHILD_FLAGS],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const log = lastLines(child);
    let outcome: Ended | Error | null = null;
    let force: NodeJS.Timeout | null = null;

    const say = (message: ToChild) => {
      if (child.connected) child.send(message, () => {}); // best effort: a child that is gone shows as its end
    };
    const cancel = () => {
      say({ type: 'cancel' });
      force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    };
    signal?.addEventListener('abort', cancel, { once: true });

    child.on('message', (message: FromChild) => {
      if (message.type === 'done') outcome = { reason: message.reason };
      else if (message.type === 'failed') outcome = fromErrorRecord(message.error);
      onMessage?.(message);
    });
    child.on('error', (error) => {
      outcome ??= new AppError('training-process-died', `the training process did not start: ${error.message}`);
    });
    child.on('close', (code, killedBy) => {
      if (force !== null) clearTimeout(force);
      signal?.removeEventListener('abort', cancel);
      if (signal?.aborted && !isDone(outcome)) reject(new AppError('cancelled', 'cancelled'));
      else if (outcome instanceof Error) reject(withDeviceWords(outcome, job, log()));
      else if (outcome !== null) resolve(outcome);
      else reject(explainDeviceFailure(job.device, log().join('\n')) ?? died(code, killedBy, log()));
    });
    say({ type: 'job', job });
    onStarted?.(say);
  });
}

/** The runtime writes why a device failed to standard error, and only that it failed into the error. */
function withDeviceWords(error: Error, job: Job, log: readonly string[]): Error {
  const isOfDevice = error instanceof AppError && error.code === 'device-unavailable';
  if (!isOfDevice || log.length === 0) return error;
  const words = typeof error.details['words'] === 'string' ? error.details['words'] : error.message;
  return explainDeviceFailure(job.device, [...log, words].join('\n')) ?? error;
}

function isDone(outcome: Ended | Error | null): boolean {
  return outcome !== null && !(outcome instanceof Error);
}

/** The end of what the child wrote, so that a crash can be told with its last words. */
function lastLines(child: ChildProcess): () => string[] {
  let text = '';
  const keep = (chunk: string) => {
    text = (text + chunk)
      .split('\n')
      .slice(-LOG_LINES - 1)
      .join('\n');
  };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', keep);
  return () => text.split('\n').filter((line) => line.trim() !== '');
}

function died(code: number | null, signal: NodeJS.Signals | null, log: readonly string[]): AppError {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const hint = signal === 'SIGKILL' ? '; the system kills a process when memory runs out' : '';
  const lines = log.length > 0 ? `\n${log.join('\n')}` : '';
  return new AppError('training-process-died', `the training process died (${how})${hint}${lines}`, {
    code,
    signal,
    log,
  });
}
