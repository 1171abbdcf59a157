/**
 * Every call a window may make and every stream it may follow, over MessagePort and WebSocket alike.
 * A stream opens with the whole state and then tells each change, so a reader that connects late or again misses
 * nothing; it ends when the reader aborts it or the connection closes.
 */

import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { EngineInfo } from './engine.ts';
import { ERROR_CODES } from './errors.ts';
import { Evaluation } from './evaluation.ts';
import { ProjectOverview } from './project.ts';
import { RunSummary } from './run.ts';
import { Split } from './tasks.ts';

/** The form in which an `AppError` crosses the boundary; its sentence travels as the message. */
export const AppErrorData = z.object({ code: z.enum(ERROR_CODES), details: z.record(z.string(), z.unknown()) });
export type AppErrorData = z.infer<typeof AppErrorData>;

export const RunEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), runs: z.array(RunSummary) }),
  z.object({ type: z.literal('changed'), run: RunSummary }),
]);
export type RunEvent = z.infer<typeof RunEvent>;

const call = oc.errors({ APP_ERROR: { data: AppErrorData } });

export const contract = {
  engine: {
    info: call.output(EngineInfo),
  },
  project: {
    /** Null while no project is open. */
    get: call.output(ProjectOverview.nullable()),
    watch: call.output(eventIterator(ProjectOverview.nullable())),
  },
  runs: {
    /** Newest first. */
    list: call.output(z.array(RunSummary)),
    /** Errors: run-not-found. */
    get: call.input(z.object({ id: z.string() })).output(RunSummary),
    /** A snapshot of all runs, then each run that changed; a slow reader is told the latest state of a run only. */
    watch: call.output(eventIterator(RunEvent)),
    /** The parts of the images that the run's kept model was judged on. Errors: run-not-found. */
    judgedParts: call.input(z.object({ id: z.string() })).output(z.array(Split)),
    /** Null where the run was not judged on that part. Errors: run-not-found, file-unreadable. */
    evaluation: call.input(z.object({ id: z.string(), split: Split })).output(Evaluation.nullable()),
  },
};
