/** `lightbench export`. */

import { Split } from '../../preload/contract/tasks.ts';
import { EXPORT_FORMATS, type ExportReport } from '../../preload/contract/transfers.ts';
import { exportDataset } from '../data/export/export.ts';
import { type CliContext, withReader } from './context.ts';
import { oneOf } from './one-of.ts';

export interface ExportCommandOptions {
  readonly format: string;
  readonly out: string;
  readonly split?: string;
  /** Commander's form of `--no-images`. */
  readonly images: boolean;
}

export async function exportCommand(context: CliContext, folder: string, options: ExportCommandOptions): Promise<void> {
  const { output, signal } = context;
  const format = oneOf('--format', options.format, EXPORT_FORMATS);
  const split = options.split === undefined ? {} : { split: oneOf('--split', options.split, Split.options) };
  const report = await withReader(context, folder, 'export', (project) =>
    exportDataset(project, {
      ...{ format, out: options.out, withoutImages: !options.images, signal },
      ...split,
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
