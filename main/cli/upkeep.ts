/** `lightbench verify`, `lightbench duplicate`, `lightbench compact`: what keeps a project sound. */

import { basename, resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { HealthReport } from '../../preload/contract/projects.ts';
import { duplicateProject } from '../projects/duplicate.ts';
import { compactProject, repairProject, verifyProject } from '../projects/verify.ts';
import type { ReadProject } from '../store/project.ts';
import { type CliContext, withReader, withWriter } from './context.ts';
import { EXIT } from './output.ts';

export interface VerifyCommandOptions {
  /** A folder in which missing images are looked for by their content. */
  readonly repair?: string;
  readonly forgetMissing?: boolean;
}

/** Returns the exit status: a failure while anything is missing or changed. Errors: cancelled. */
export async function verifyCommand(
  context: CliContext,
  folder: string,
  { repair, forgetMissing = false }: VerifyCommandOptions,
): Promise<number> {
  const isRepair = repair !== undefined || forgetMissing;
  const request = { search: repair === undefined ? null : resolve(repair), forget_missing: forgetMissing };
  const repaired = isRepair
    ? await withWriter(context, folder, 'verify', (project) => repairProject(project, request))
    : null;
  const report = await withReader(context, folder, 'verify', (project) => verified(context, project));
  context.output.result({ ...report, repaired }, describe(report, repaired));
  return report.missing_count + report.changed_count + report.database.length > 0 ? EXIT.failure : EXIT.done;
}

async function verified({ output, signal }: CliContext, project: ReadProject): Promise<HealthReport> {
  for await (const event of verifyProject(project, signal)) {
    if (event.type === 'done') return event.report;
    output.progress(`read ${event.done} of ${event.total}`);
  }
  throw new AppError('cancelled', 'verify cancelled');
}

function describe(report: HealthReport, repaired: { found: number; forgotten: number } | null): string {
  const {
    images,
    missing_count,
    changed_count,
    missing,
    changed,
    strays,
    database,
    runs_without_model,
    damaged_models,
  } = report;
  return [
    ...(repaired === null ? [] : [`found again ${repaired.found}, taken out ${repaired.forgotten}`]),
    `read ${images} images: missing ${missing_count}, changed ${changed_count}${report.is_kept ? '; kept as the last good state' : ''}`,
    ...missing.map(({ problem }) => `  missing: ${problem}`),
    ...changed.map(({ problem }) => `  changed: ${problem}`),
    ...strays.map((path) => `  no image is: ${path}`),
    ...database.map((text) => `  database: ${text}`),
    ...runs_without_model.map((run) => `  run without its model: ${run}`),
    ...damaged_models.map((problem) => `  model from elsewhere: ${problem}`),
  ].join('\n');
}

/** Errors: those of `duplicateProject`; cancelled, which leaves nothing behind. */
export async function duplicateCommand(
  context: CliContext,
  folder: string,
  target: string,
  options: { readonly name?: string },
): Promise<void> {
  const { clock, output, signal } = context;
  const name = options.name ?? basename(resolve(target));
  const made = await withReader(context, folder, 'duplicate', async (project) => {
    for await (const event of duplicateProject(project, resolve(target), name, clock, signal)) {
      if (event.type === 'done') return { folder: event.folder, name };
      output.progress(`copied ${event.done} of ${event.total} files`);
    }
    throw new AppError('cancelled', 'duplicate cancelled; nothing was left behind');
  });
  output.result(made, `copied to ${made.folder}, as ${made.name}`);
}

export async function compactCommand(context: CliContext, folder: string): Promise<void> {
  const report = await withWriter(context, folder, 'compact', compactProject);
  const freed = Math.max(0, report.before_bytes - report.after_bytes);
  context.output.result(report, `gave back ${Math.round(freed / 1000)} kB, removed ${report.removed_files} files`);
}
