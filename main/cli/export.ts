/** `lightbench export`. */

import { AppError } from '../../preload/contract/errors.ts';
import { Split } from '../../preload/contract/tasks.ts';
import { EXPORT_FORMATS, type ExportReport } from '../../preload/contract/transfers.ts';
import { exportDataset } from '../data/export/export.ts';
import { type CliContext, withReader } from './context.ts';

export interface ExportCommandOptions {
  readonly format: string;
  readonly out: string;
  readonly split?: string;
  /** Commander's form of `--no-images`. */
  readonly images: boolean;
}

export async function exportCommand(context: CliContext, folder: string, options: ExportCommandOptions): Promise<void> {
  const { output, signal } = context;
  const format = EXPORT_FORMATS.find((name) => name === options.format);
  if (format === undefined) {
    throw new AppError('bad-argument', `--format must be one of ${EXPORT_FORMATS.join(', ')}, got "${options.format}"`);
  }
  const split = options.split === undefined ? null : Split.safeParse(options.split);
  if (split?.success === false) {
    throw new AppError('bad-argument', `--split must be one of ${Split.options.join(', ')}, got "${options.split}"`);
  }
  const report = await withReader(context, folder, 'export', (project) =>
    exportDataset(project, {
      ...{ format, out: options.out, withoutImages: !options.images, signal },
      ...(split ? { split: split.data } : {}),
      onProgress: ({ written, total }) => output.progress(`written ${written} of ${total}`),
    }),
  );
  output.result(report, describe(report));
}

function describe({ format, folder, images, objects, not_kept, missing, warnings }: ExportReport): string {
  return [
    `wrote ${images} images${objects > 0 ? ` with ${objects} objects` : ''} as ${format} to ${folder}`,
    ...not_kept.map((text) => `  not kept: ${text}`),
    ...missing.map((text) => `  missing: ${text}`),
    ...warnings.map((text) => `  warning: ${text}`),
  ].join('\n');
}
