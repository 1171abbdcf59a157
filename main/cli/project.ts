/** `lightbench create` and `lightbench import`. */

import { AppError } from '../../preload/contract/errors.ts';
import { Split, Task } from '../../preload/contract/tasks.ts';
import type { LabelSeparator } from '../data/csv-layout.ts';
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
  readonly labelSeparator?: string;
}

const FORMATS = ['auto', 'jsonl', 'csv', 'folder'] as const;
const SEPARATORS = { comma: ',', semicolon: ';', bar: '|', space: ' ' } as const;

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
  const separator = separatorOf(options.labelSeparator);
  const report = await withWriter(context, folder, 'import', (project) =>
    importDataset(project, path, {
      format,
      copy: options.link !== true,
      signal,
      ...(options.images === undefined ? {} : { imagesFolder: options.images }),
      ...(split ? { split: split.data } : {}),
      ...(separator === null ? {} : { labelSeparator: separator }),
      onProgress: (progress) => output.progress(progressLine(progress)),
    }),
  );
  output.result(report, describe(report));
  if (report.cancelled)
    throw new AppError('cancelled', 'import cancelled; what it had is kept, and repeating it goes on');
}

function separatorOf(name: string | undefined): LabelSeparator | null {
  if (name === undefined) return null;
  const separator = SEPARATORS[name as keyof typeof SEPARATORS];
  if (separator !== undefined) return separator;
  const names = Object.keys(SEPARATORS).join(', ');
  throw new AppError('bad-argument', `--label-separator must be one of ${names}, got "${name}"`);
}

function progressLine({ read, added, skipped, total }: ImportProgress): string {
  return `read ${read}${total === null ? '' : ` of ${total}`} · added ${added} · skipped ${skipped}`;
}

const LISTED = 20;

function describe(report: ImportReport): string {
  const { read, added, already_present, skipped, repaired, warnings, classes, without_class } = report;
  const more = skipped.length > LISTED ? [`  … and ${skipped.length - LISTED} more; --json lists all`] : [];
  return [
    `read ${read}: added ${added}, already present ${already_present}, skipped ${skipped.length}`,
    ...skipped.slice(0, LISTED).map(({ where, reason }) => `  skipped ${where}: ${reason}`),
    ...more,
    ...repaired.slice(0, LISTED).map((text) => `  repaired: ${text}`),
    ...warnings.map((text) => `  warning: ${text}`),
    table(
      ['class', 'images'],
      [
        ...Object.entries(classes).map(([name, count]) => [name, String(count)]),
        ...(without_class > 0 ? [['(no class)', String(without_class)]] : []),
      ],
    ),
  ].join('\n');
}
