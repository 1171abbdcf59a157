/** `lightbench import`. */

import { statSync } from 'node:fs';
import { AppError } from '../../preload/contract/errors.ts';
import { Split } from '../../preload/contract/tasks.ts';
import {
  FrameChoice,
  IMPORT_FORMATS,
  type ImportReport,
  MOST_EVERY,
  MOST_FRAMES_A_SECOND,
} from '../../preload/contract/transfers.ts';
import type { LabelSeparator } from '../data/csv-layout.ts';
import type { Renaming } from '../data/fit-task.ts';
import type { FrameOptions } from '../data/formats/format.ts';
import { type ImportProgress, importDataset } from '../data/import.ts';
import { skippedCount, skippedObjectCount } from '../data/import-report.ts';
import { KeptFrames } from '../data/kept-frames.ts';
import { frameChoiceWords } from '../data/video-frames.ts';
import { framesFolder } from '../home.ts';
import { type CliContext, withWriter } from './context.ts';
import { table } from './format.ts';
import { oneOf } from './one-of.ts';
import { EXIT } from './output.ts';
import { pairOf } from './pair.ts';
import { wholeNumber } from './whole-number.ts';

export interface ImportCommandOptions {
  readonly format: string;
  readonly images?: string;
  readonly split?: string;
  readonly link?: boolean;
  readonly labelSeparator?: string;
  readonly map: readonly string[];
  readonly drop: readonly string[];
  readonly mapSplit: readonly string[];
  readonly dryRun?: boolean;
  readonly every?: string;
  readonly rate?: string;
  readonly ffmpeg?: string;
}

const FORMATS = ['auto', ...IMPORT_FORMATS] as const;
const SEPARATORS = { comma: ',', semicolon: ';', bar: '|', space: ' ' } as const;

/** Returns the exit status: a failure where there were images and none could be used. */
export async function importCommand(
  context: CliContext,
  folder: string,
  path: string,
  options: ImportCommandOptions,
): Promise<number> {
  const { output, signal } = context;
  const named = oneOf('--format', options.format, FORMATS);
  const split = options.split === undefined ? {} : { split: oneOf('--split', options.split, Split.options) };
  const kept = new KeptFrames(framesFolder(context.home), { nowMs: () => context.clock.nowMs() });
  const onFrames = framesTeller(context);
  const frames = { ...framesOf(options), kept, onFrames };
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  // Whoever says which frames to take of a folder means that its pictures are frames.
  const format = named === 'auto' && frames.choice !== undefined && isFolder ? 'sequence' : named;
  const separator = separatorOf(options.labelSeparator);
  const report = await withWriter(context, folder, 'import', (project) =>
    importDataset(project, path, {
      format,
      copy: options.link !== true,
      signal,
      dryRun: options.dryRun === true,
      frames,
      renaming: renamingOf(options),
      ...(options.images === undefined ? {} : { imagesFolder: options.images }),
      ...split,
      ...(separator === null ? {} : { labelSeparator: separator }),
      onProgress: (progress) => output.progress(progressLine(progress)),
    }),
  );
  output.result(report, describe(report));
  if (report.cancelled)
    throw new AppError('cancelled', 'import cancelled; what it had is kept, and repeating it goes on');
  return report.read > 0 && skippedCount(report) === report.read ? EXIT.failure : EXIT.done;
}

function framesOf({ every, rate, ffmpeg }: ImportCommandOptions): FrameOptions {
  if (every !== undefined && rate !== undefined) {
    throw new AppError('bad-argument', '--every and --rate say the same thing in two ways; give one of them');
  }
  const program = ffmpeg === undefined ? {} : { ffmpeg };
  if (every !== undefined) return { choice: { every: wholeNumber('--every', every, 1, MOST_EVERY) }, ...program };
  if (rate === undefined) return program;
  const choice = FrameChoice.safeParse({ per_second: Number(rate) });
  if (choice.success) return { choice: choice.data, ...program };
  throw new AppError(
    'bad-argument',
    `--rate must be above 0 and at most ${MOST_FRAMES_A_SECOND} frames a second, got "${rate}"`,
  );
}

function renamingOf({ map, drop, mapSplit }: ImportCommandOptions): Renaming {
  const classes = new Map<string, string | null>(map.map((pair) => pairOf('--map', pair)));
  for (const name of drop) classes.set(name, null);
  const splits = mapSplit.map((pair): [string, Split | null] => {
    const [from, to] = pairOf('--map-split', pair);
    const split = Split.safeParse(to);
    if (split.success || to === 'none') return [from, split.success ? split.data : null];
    throw new AppError('bad-argument', `--map-split must end in ${Split.options.join(', ')} or none, got "${pair}"`);
  });
  return { classes, splits: new Map(splits) };
}

function separatorOf(name: string | undefined): LabelSeparator | null {
  if (name === undefined) return null;
  return SEPARATORS[oneOf('--label-separator', name, Object.keys(SEPARATORS) as (keyof typeof SEPARATORS)[])];
}

function progressLine({ read, added, skipped, total }: ImportProgress): string {
  return `read ${read}${total === null ? '' : ` of ${total}`} · added ${added} · skipped ${skipped}`;
}

/** A first guess before this would be far off. */
const LEAST_GUESS_MS = 2000;

/** Tells how many frames are taken out of a video, and how long the rest will take at that pace. */
function framesTeller({ clock, output }: CliContext): NonNullable<FrameOptions['onFrames']> {
  const startedMs = clock.nowMs();
  return ({ done, total }) => {
    const elapsedMs = clock.nowMs() - startedMs;
    const leftS = total === null ? 0 : Math.round(((total - done) * elapsedMs) / done / 1000);
    const toGo = elapsedMs < LEAST_GUESS_MS || leftS === 0 ? '' : ` · about ${leftS} s to go`;
    output.progress(`frame ${done}${total === null ? '' : ` of about ${total}`} taken out of the video${toGo}`);
  };
}

const LISTED = 20;

function describe(report: ImportReport): string {
  const { read, added, already_present, skipped, repaired, warnings, unlisted, classes, object_counts } = report;
  const { objects, without_class, frames } = report;
  const hasObjects = objects.read > 0 || Object.keys(object_counts).length > 0;
  const objectLine = `objects: read ${objects.read}: added ${objects.added}, already present ${objects.already_present}`;
  return [
    ...(report.dry_run ? ['dry run: nothing was written; an import would have'] : []),
    `read ${read}: added ${added}, already present ${already_present}, skipped ${skippedCount(report)}`,
    ...(frames === null ? [] : [`frames taken: ${frameChoiceWords(frames)}`]),
    ...listed(
      skipped.map(({ where, reason }) => `skipped ${where}: ${reason}`),
      unlisted.skipped,
    ),
    ...(hasObjects ? [`${objectLine}, left out ${objects.dropped}, skipped ${skippedObjectCount(report)}`] : []),
    ...listed(
      objects.skipped.map(({ where, reason }) => `skipped ${where}: ${reason}`),
      unlisted.objects_skipped,
    ),
    ...listed(
      repaired.map((text) => `repaired: ${text}`),
      unlisted.repaired,
    ),
    ...listed(
      warnings.map((text) => `warning: ${text}`),
      unlisted.warnings,
    ),
    table(
      ['class', 'images', ...(hasObjects ? ['objects'] : [])],
      [
        ...Object.entries(classes).map(([name, count]) => [
          name,
          String(count),
          ...(hasObjects ? [String(object_counts[name] ?? 0)] : []),
        ]),
        ...(without_class > 0 ? [['(no class)', String(without_class), ...(hasObjects ? ['0'] : [])]] : []),
      ],
    ),
  ].join('\n');
}

function listed(lines: readonly string[], unlisted: number): string[] {
  const more = Math.max(0, lines.length - LISTED) + unlisted;
  const rest = more > 0 ? [`  … and ${more} more; --json lists ${unlisted > 0 ? `${lines.length}` : 'all'}`] : [];
  return [...lines.slice(0, LISTED).map((line) => `  ${line}`), ...rest];
}
