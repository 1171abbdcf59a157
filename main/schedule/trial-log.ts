/** A log a trial, beside its run's files: when it was begun, what it said, why it ended, and how it failed. */

import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { WriteProject } from '../store/project.ts';
import { runFolder } from './run-setting.ts';

export const trialLogFile = (project: { readonly folder: string }, run: string): string =>
  join(runFolder(project, run), 'trial.log');

/** Adds lines to the log of a trial's run, each with its time. */
export function logTrial(project: Pick<WriteProject, 'folder' | 'clock'>, run: string, text: string): void {
  mkdirSync(runFolder(project, run), { recursive: true });
  const time = new Date(project.clock.nowMs()).toISOString();
  const lines = text.split('\n').map((line) => `${time} ${line}\n`);
  appendFileSync(trialLogFile(project, run), lines.join(''));
}

/** An error with everything that is known of it: its code, its words, the last lines of the process, the place of a bug. */
export function failureText(error: unknown): string {
  if (!(error instanceof AppError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { stack } = error.details;
  return [`${error.code}: ${error.message}`, ...(typeof stack === 'string' ? [stack] : [])].join('\n');
}
