/** `lightbench sweep`: runs a sweep, goes on with one, or asks something of one that another process runs. */

import { readFileSync, statSync } from 'node:fs';
import { AppError } from '../../preload/contract/errors.ts';
import { MOST_ADDED_TRIALS, type SweepRequest } from '../../preload/contract/sweep.ts';
import { type Device, parseDevice } from '../devices/device.ts';
import { askSweep } from '../schedule/ask-sweep.ts';
import { badSweep, examineIn, planSweep } from '../schedule/create-sweep.ts';
import { MemoryGate, measureInChild } from '../schedule/memory-gate.ts';
import { MemoryNotes } from '../schedule/memory-notes.ts';
import { slotsOf } from '../schedule/slots.ts';
import { runSweep } from '../schedule/sweep-scheduler.ts';
import { CHILD_TRAINER } from '../schedule/trainer.ts';
import { sweepSchema } from '../search/sweep-schema.ts';
import { writeSweep } from '../search/write-sweep.ts';
import type { WriteProject } from '../store/project.ts';
import { sweepSummary } from '../store/sweep-summaries.ts';
import { allSweeps, sweepById } from '../store/sweeps.ts';
import { defaultWeights } from '../weights/library.ts';
import { type CliContext, withReader, withWriter } from './context.ts';
import { EXIT } from './output.ts';
import { describeSweep, headline } from './sweep-text.ts';
import { SweepView } from './sweep-view.ts';
import { wholeNumber } from './whole-number.ts';

export interface SweepOptions {
  readonly device?: string;
  readonly weights?: string;
  readonly new?: boolean;
  /** True where no sweep is named: the latest. */
  readonly resume?: string | true;
  readonly sweep?: string;
  readonly check?: boolean;
  readonly schema?: boolean;
  readonly pause?: boolean;
  readonly stop?: boolean;
  readonly stopNow?: boolean;
  readonly stopTrial?: string;
  readonly requeue?: string;
  readonly add?: string;
}

/** Returns the exit status. */
export async function sweepCommand(
  context: CliContext,
  folder: string | undefined,
  file: string | undefined,
  options: SweepOptions,
): Promise<number> {
  if (options.schema === true) {
    context.output.result(JSON.parse(sweepSchema()), sweepSchema().trimEnd());
    return EXIT.done;
  }
  if (folder === undefined) throw new AppError('bad-argument', 'sweep needs a project, or --schema');
  const request = requestOf(options);
  if (request !== null) return ask(context, folder, options.sweep, request);
  if (options.check === true) return check(context, folder, fileText(file), file!);
  if (options.resume !== undefined) return goOn(context, folder, options);
  return begin(context, folder, fileText(file), file!, options);
}

const LARGEST_BYTES = 4_000_000;

function fileText(file: string | undefined): string {
  if (file === undefined)
    throw new AppError('bad-argument', 'sweep needs a file, or --resume, or something to ask for');
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new AppError('file-missing', `${file} does not exist`, { file });
  if (!found.isFile() || found.size > LARGEST_BYTES) {
    throw new AppError('bad-sweep', `${file} is no sweep file: it is a folder or larger than ${LARGEST_BYTES} bytes`, {
      file,
    });
  }
  return readFileSync(file, 'utf8');
}

function requestOf(options: SweepOptions): SweepRequest | null {
  const trial = (option: string, text: string) => wholeNumber(option, text, 1, Number.MAX_SAFE_INTEGER);
  const asked: SweepRequest[] = [];
  if (options.pause) asked.push({ action: 'pause' });
  if (options.stop) asked.push({ action: 'stop' });
  if (options.stopNow) asked.push({ action: 'stop-now' });
  if (options.stopTrial !== undefined)
    asked.push({ action: 'stop-trial', trial: trial('--stop-trial', options.stopTrial) });
  if (options.requeue !== undefined) asked.push({ action: 'requeue', trial: trial('--requeue', options.requeue) });
  if (options.add !== undefined)
    asked.push({ action: 'add', count: wholeNumber('--add', options.add, 1, MOST_ADDED_TRIALS) });
  if (asked.length <= 1) return asked[0] ?? null;
  const actions = asked.map(({ action }) => `--${action}`).join(', ');
  throw new AppError('bad-argument', `a sweep is asked for one thing at a time; got ${actions}`, { asked });
}

/** Done here where nobody runs the sweep; else left for whoever does. */
async function ask(
  context: CliContext,
  folder: string,
  named: string | undefined,
  request: SweepRequest,
): Promise<number> {
  const { output, clock } = context;
  await withReader(context, folder, 'sweep', async (project) => {
    const id = sweepOf(project, named);
    const isDone = await askSweep(
      project,
      (work) => withWriter(context, folder, 'sweep', work),
      id,
      request,
      clock.nowMs(),
    );
    const sweep = sweepSummary(project.db, id);
    const done = `${headline(sweep)}; go on with: sweep ${folder} --resume ${id}`;
    output.result({ request, is_done: isDone, sweep }, isDone ? done : `asked sweep ${id}, which another process runs`);
  });
  return EXIT.done;
}

/** The one that is named, else the latest. Errors: sweep-not-found. */
function sweepOf(
  { db }: Pick<WriteProject, 'db'> | { readonly db: Parameters<typeof allSweeps>[0] },
  named: string | undefined,
): string {
  if (named !== undefined) return sweepById(db, named).id;
  const latest = allSweeps(db).at(-1);
  if (latest === undefined) throw new AppError('sweep-not-found', 'the project has no sweeps yet');
  return latest.id;
}

async function check(context: CliContext, folder: string, text: string, file: string): Promise<number> {
  await withReader(context, folder, 'sweep', (project) => {
    const read = examineIn(project, text, context.clock.nowMs());
    if (read.plan === null) throw badSweep(file, read.problems);
    const notes = read.notes.map((note) => `note: ${note}\n`).join('');
    context.output.result(read, `${notes}${writeSweep(read.plan).trimEnd()}`);
  });
  return EXIT.done;
}

/** A sweep of the same file that did not come to its end is gone on with, unless a new one is asked for. */
function begin(
  context: CliContext,
  folder: string,
  text: string,
  file: string,
  options: SweepOptions,
): Promise<number> {
  return withWriter(context, folder, 'sweep', (project) => {
    const devices = devicesOf(options.device ?? 'cpu');
    const unfinished = allSweeps(project.db).findLast(
      ({ source_text: source, state }) => source === text && (state === 'interrupted' || state === 'paused'),
    );
    if (unfinished !== undefined && options.new !== true) {
      context.output.say(`goes on with sweep ${unfinished.id}, which this file began; --new begins another`);
      return run(context, project, unfinished.id, options);
    }
    const { id, notes } = planSweep(project, text, devices, file);
    for (const note of notes) context.output.say(`note: ${note}`);
    return run(context, project, id, options);
  });
}

function goOn(context: CliContext, folder: string, options: SweepOptions): Promise<number> {
  return withWriter(context, folder, 'sweep', (project) => {
    const named = options.resume === true ? options.sweep : options.resume;
    return run(context, project, sweepOf(project, named), options);
  });
}

async function run(context: CliContext, project: WriteProject, id: string, options: SweepOptions): Promise<number> {
  const { output, threads, signal, library } = context;
  const { plan, devices } = sweepById(project.db, id);
  const places = options.device === undefined ? devices.map(parseDevice) : devicesOf(options.device);
  const slots = slotsOf(places, threads, plan.max_concurrent_iterations);
  output.event({ event: 'sweep', sweep: id, plan, slots });
  output.say(
    `sweep ${id}: up to ${plan.iterations} trials, ${slots.length} at a time on ${[...new Set(places)].join(', ')}`,
  );
  const view = new SweepView(output, project.db, id);
  await runSweep(id, {
    project,
    trainer: CHILD_TRAINER,
    slots,
    gate: new MemoryGate(measureInChild, process.availableMemory(), new MemoryNotes(project)),
    weightsFor: (model) => (options.weights === 'none' ? null : defaultWeights(library, model)),
    listener: view.listener(),
    signal,
  });
  const summary = sweepSummary(project.db, id);
  if (output.isJson) output.event({ event: 'end', ...summary });
  else output.result(summary, describeSweep(summary));
  if (signal.aborted) return EXIT.cancelled;
  return summary.best === null ? EXIT.failure : EXIT.done;
}

function devicesOf(text: string): Device[] {
  return text.split(',').map((name) => parseDevice(name.trim()));
}
