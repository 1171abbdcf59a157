/** `lightbench create` and `lightbench import`. */

import { AppError } from '../../preload/contract/errors.ts';
import { Split, Task } from '../../preload/contract/tasks.ts';
import { type ImportProgress, importDataset } from '../data/import.ts';
import type { ImportReport } from '../data/import-report.ts';
import { createProject } from '../store/project.ts';
import { type CliContext, withWriter } from './context.ts';
import { table } from './format.ts';

export function createCommand(
  { clock, output }: CliContext,
  folder: string,
  options: { task: string; name?: string },
): void {
  const task = Task.safeParse(options.task);
  if (!task.success) {
    throw new AppError('bad-argument', `--task must be one of ${Task.options.join(', ')}, got "${options.task}"`);
  }
  const name = options.name === undefined ? {} : { name: options.name };
  const project = createProject(folder, { task: task.data, ...name, clock, owner: 'lightbench create' });
  const made = { folder: project.folder, ...project.info };
  project.close();
  output.result(made, `created project ${made.name} for ${made.task} in ${made.folder}`);
}

export interface ImportCommandOptions {
  readonly format: string;
  readonly images?: string;
  readonly split?: string;
  readonly link?: boolean;
}

const FORMATS = ['auto', 'jsonl', 'folder'] as const;

export async function importCommand(
  context: CliContext,
  folder: string,
  path: string,
  options: ImportCommandOptions,
): Promise<void> {
  const { output, signal } = context;
  const format = FORMATS.find((name) => name === options.format);
  if (format === undefined) {
    throw new AppError('bad-argument', `--format must be one of ${FORMATS.join(', ')}, got "${options.format}"`);
  }
  const split = options.split === undefined ? null : Split.safeParse(options.split);
  if (split?.success === false) {
    throw new AppError('bad-argument', `--split must be one of ${Split.options.join(', ')}, got "${options.split}"`);
  }
  const report = await withWriter(context, folder, 'import', (project) =>
    importDataset(project, path, {
      format,
      copy: options.link !== true,
      signal,
      ...(options.images === undefined ? {} : { imagesFolder: options.images }),
      ...(split ? { split: split.data } : {}),
      onProgress: (progress) => output.progress(progressLine(progress)),
    }),
  );
  output.result(report, describe(report));
  if (report.cancelled)
    throw new AppError('cancelled', 'import cancelled; what it had is kept, and repeating it goes on');
}

function progressLine({ read, added, skipped, total }: ImportProgress): string {
  return `read ${read}${total === null ? '' : ` of ${total}`} · added ${added} · skipped ${skipped}`;
}

const LISTED = 20;

function describe(report: ImportReport): string {
  const { read, added, already_present, skipped, repaired, warnings, classes } = report;
  const more = skipped.length > LISTED ? [`  … and ${skipped.length - LISTED} more; --json lists all`] : [];
  return [
    `read ${read}: added ${added}, already present ${already_present}, skipped ${skipped.length}`,
    ...skipped.slice(0, LISTED).map(({ where, reason }) => `  skipped ${where}: ${reason}`),
    ...more,
    ...repaired.slice(0, LISTED).map((text) => `  repaired: ${text}`),
    ...warnings.map((text) => `  warning: ${text}`),
    table(
      ['class', 'images'],
      Object.entries(classes).map(([name, count]) => [name, String(count)]),
    ),
  ].join('\n');
}
