/** `lightbench weights`. */

import { statSync } from 'node:fs';
import { AppError } from '../../preload/contract/errors.ts';
import { addWeights, addWeightsFolder, type LibraryEntry, listWeights } from '../weights/library.ts';
import type { CliContext } from './context.ts';
import { table } from './format.ts';
import { EXIT } from './output.ts';

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

const describeAdded = ({ name, model, title }: LibraryEntry): string =>
  `added ${name}: weights of ${model} (${title}); use: train --model ${model} --weights ${name}`;

export function weightsListCommand({ output, library }: CliContext): void {
  const entries = listWeights(library);
  const rows = entries.map((entry) => [
    entry.name,
    entry.model,
    here(entry),
    entry.size_bytes === null ? '' : megabytes(entry.size_bytes),
    entry.title,
    entry.licence ?? 'unknown',
  ]);
  output.result(entries, table(['name', 'model', 'here', 'size', 'trained on', 'licence'], rows));
}

const here = ({ file, url }: LibraryEntry): string => {
  if (file !== null) return 'yes';
  return url === null ? 'no, add it' : 'no, fetch it';
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
