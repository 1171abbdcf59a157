/** `lightbench weights`. */

import { statSync } from 'node:fs';
import { AppError } from '../../preload/contract/errors.ts';
import type { KnownWeights } from '../weights/catalogue.ts';
import { type FetchedWeights, fetchWeights, knownWeights } from '../weights/fetch-weights.ts';
import { addWeights, addWeightsFolder, type DamagedEntry, type LibraryEntry, listWeights } from '../weights/library.ts';
import { TransferRate } from '../weights/transfer-rate.ts';
import type { CliContext } from './context.ts';
import { table } from './format.ts';
import { EXIT, left } from './output.ts';

/** A file, or every file of a folder; the status is a failure when nothing was added. */
export function weightsAddCommand({ output, library }: CliContext, path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new AppError('file-missing', `${path} does not exist`, { file: path });
  if (!found.isDirectory()) {
    const entry = addWeights(library, path);
    output.result(entry, describeAdded(entry));
    return EXIT.done;
  }
  const report = addWeightsFolder(library, path);
  const refused = report.refused.map(({ message }) => `not added: ${message}`);
  const count = `${report.added.length} added, ${report.refused.length} not`;
  output.result(report, [...report.added.map(describeAdded), ...refused, count].join('\n'));
  return report.added.length > 0 ? EXIT.done : EXIT.failure;
}

function describeAdded({ name, model, backbone_of, title }: LibraryEntry): string {
  const others = backbone_of.length > 0 ? `; also for the backbone of ${backbone_of.join(', ')}` : '';
  return `added ${name}: weights of ${model} (${title}); use: train --model ${model} --weights ${name}${others}`;
}

const PROGRESS_MS = 100; // between two lines of progress

/** Fetches one after another; an error ends it. */
export async function weightsFetchCommand(
  context: CliContext,
  names: readonly string[],
  options: { from?: string },
): Promise<void> {
  if (options.from !== undefined && names.length > 1) {
    throw new AppError('bad-argument', '--from is the address of one file: give one name');
  }
  const wanted = names.map(knownWeights);
  const fetched: FetchedWeights[] = [];
  for (const known of wanted) fetched.push(await fetchOne(context, known, options.from));
  context.output.result(fetched, fetched.map(describeFetched).join('\n'));
}

async function fetchOne(context: CliContext, known: KnownWeights, from: string | undefined): Promise<FetchedWeights> {
  const { library, signal, clock, output } = context;
  const rate = new TransferRate(() => clock.nowMs());
  let shownMs = Number.NEGATIVE_INFINITY;
  return fetchWeights(library, known, {
    signal,
    ...(from === undefined ? {} : { url: from }),
    onProgress: (done, total) => {
      rate.reached(done);
      if (clock.nowMs() - shownMs < PROGRESS_MS && done !== total) return;
      shownMs = clock.nowMs();
      output.progress(progressLine(known.name, done, total, rate));
    },
  });
}

function progressLine(name: string, done: number, total: number | null, rate: TransferRate): string {
  const { bytesPerSecond } = rate;
  const pace = bytesPerSecond === null ? '' : ` · ${megabytes(bytesPerSecond)}/s`;
  const of = total === null ? '' : ` of ${megabytes(total)}`;
  return `${name}: ${megabytes(done)}${of}${pace}${left(rate.remainingMs(total))}`;
}

function describeFetched({ entry, sha256, verified, was_here }: FetchedWeights): string {
  const { name, model, title, licence } = entry;
  if (was_here) return `${name} is here already: weights of ${model}`;
  const check =
    verified === 'sha256'
      ? `SHA-256 ${sha256} is the published one`
      : `SHA-256 ${sha256} begins as its publisher says; nobody publishes the rest`;
  return `fetched ${name}: weights of ${model} (${title}; ${licence}); ${check}`;
}

export function weightsListCommand({ output, library }: CliContext): void {
  const entries = listWeights(library);
  output.result(
    entries,
    table(['name', 'model', 'here', 'size', 'trained on', 'licence', 'backbone of'], entries.map(listRow)),
  );
}

function listRow(entry: LibraryEntry | DamagedEntry): string[] {
  if ('problem' in entry) return [entry.name, '–', 'damaged', '–', entry.problem, '–', ''];
  const { name, model, backbone_of, size_bytes, title, licence } = entry;
  const size = size_bytes === null ? '–' : megabytes(size_bytes);
  return [name, model, here(entry), size, title, licence ?? 'unknown', backbone_of.join(' ')];
}

const here = ({ file, url }: LibraryEntry): string => {
  if (file !== null) return 'yes';
  return url === null ? 'no, add it' : 'no, fetch it';
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
