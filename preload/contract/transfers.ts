/** Data sets that come into the open project and go out of it. Paths are the engine's; field names those of the JSON output. */

import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { FolderPath, ProjectName } from './projects.ts';
import { Split } from './tasks.ts';

export const IMPORT_FORMATS = [
  'jsonl',
  'coco',
  'panoptic',
  'voc',
  'yolo',
  'labelme',
  'via',
  'cvat',
  'openimages',
  'kitti',
  'vott',
  'list',
  'csv',
  'folder',
  'sequence',
  'video',
] as const;
export const ImportFormat = z.enum(IMPORT_FORMATS);
export type ImportFormat = z.infer<typeof ImportFormat>;

/** By which a video is known. */
export const VIDEO_EXTENSIONS = '.mp4 .m4v .mov .mkv .webm .avi .mpg .mpeg .ts .mts .m2ts .wmv .flv .ogv .3gp'.split(
  ' ',
);

export const MOST_EVERY = 1_000_000;
export const MOST_FRAMES_A_SECOND = 1_000;

/** Which frames are taken of a video or a sequence: every n-th, or so many a second. */
export const FrameChoice = z.union([
  z.strictObject({ every: z.int().min(1).max(MOST_EVERY) }),
  z.strictObject({ per_second: z.number().positive().max(MOST_FRAMES_A_SECOND) }),
]);
export type FrameChoice = z.infer<typeof FrameChoice>;

export const EXPORT_FORMATS = [
  'jsonl',
  'coco',
  'voc',
  'yolo',
  'labelme',
  'via',
  'cvat',
  'openimages',
  'csv',
  'folder',
] as const;
export const ExportFormatName = z.enum(EXPORT_FORMATS);
export type ExportFormatName = z.infer<typeof ExportFormatName>;

const LONGEST_NAME = 1_000;
const MOST_NAMES = 20_000;
const sourceName = z.string().max(LONGEST_NAME);
const count = z.int().nonnegative();
const counts = z.record(z.string(), count);

export const SkippedRecord = z.object({ where: z.string(), reason: z.string(), code: z.enum(ERROR_CODES) });
export type SkippedRecord = z.infer<typeof SkippedRecord>;

/** What an import ends in. */
export const ImportReport = z.object({
  format: ImportFormat,
  /** Which frames were taken; null for what has none. */
  frames: FrameChoice.nullable(),
  /** Nothing was written: the report says what an import would do. */
  dry_run: z.boolean(),
  /** Records met: added + already_present + skipped, and, of a cancelled import, none that it did not come to. */
  read: count,
  added: count,
  /** The same picture, byte for byte, with the same labels. */
  already_present: count,
  skipped: z.array(SkippedRecord),
  /** For detection and segmentation. Read are: added + already_present + dropped + skipped. */
  objects: z.object({
    read: count,
    added: count,
    already_present: count,
    /** Of classes that the import was told to leave out. */
    dropped: count,
    /** Objects that cannot be used; those of skipped images are not told one by one. */
    skipped: z.array(SkippedRecord),
  }),
  repaired: z.array(z.string()),
  warnings: z.array(z.string()),
  /** How many more there are of each list than it names. */
  unlisted: z.object({ skipped: count, objects_skipped: count, repaired: count, warnings: count }),
  /** Images per class in the whole project after the import. */
  classes: counts,
  /** Objects per class in the whole project after the import; empty for tasks of whole images. */
  object_counts: counts,
  /** Labelled images that belong to no class; there are none where every image has one. */
  without_class: count,
  cancelled: z.boolean(),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** What is imported: a folder, a file of annotations, or a ZIP archive. */
export const ImportSource = z.object({
  path: FolderPath,
  format: z.enum(['auto', ...IMPORT_FORMATS]),
  /** Where images lie, where that is not where the annotations lie. */
  images_folder: FolderPath.nullable(),
  /** Of a video or a sequence; null for a frame a second of a video, and every picture of a sequence. */
  frames: FrameChoice.nullable(),
});
export type ImportSource = z.infer<typeof ImportSource>;

/** A source as its annotations tell it; no picture was opened. */
export const SourceSurvey = z.object({
  format: ImportFormat,
  /** Every format that takes the source for its own, the one that is read by default first. */
  formats: z.array(ImportFormat),
  images: count,
  objects: count,
  /** Records that cannot become an image, and the first of them. */
  problem_count: count,
  problems: z.array(SkippedRecord),
  /** Ascending by name. */
  classes: z.array(z.object({ name: z.string(), images: count, objects: count })),
  /** Null for images that the source puts in no part; `becomes` is what its name stands for, null for none. */
  splits: z.array(z.object({ name: z.string().nullable(), images: count, becomes: Split.nullable() })),
});
export type SourceSurvey = z.infer<typeof SourceSurvey>;

export const ImportRequest = ImportSource.extend({
  /** For images that the source puts in no part. */
  split: Split.nullable(),
  /** Copies pictures into the project; else they are linked where they lie. */
  copy: z.boolean(),
  /** Classes under other names; null leaves one out. */
  classes: z.array(z.object({ from: sourceName, to: z.string().trim().min(1).max(200).nullable() })).max(MOST_NAMES),
  splits: z.array(z.object({ from: sourceName, to: Split.nullable() })).max(MOST_NAMES),
  /** How many images a survey has counted; null where nobody has. */
  expected: count.nullable(),
});
export type ImportRequest = z.infer<typeof ImportRequest>;

export const ExportRequest = z.object({
  format: ExportFormatName,
  parent: FolderPath,
  /** Of the new folder. */
  name: ProjectName,
  /** Only this part of the data. */
  split: Split.nullable(),
  with_images: z.boolean(),
});
export type ExportRequest = z.infer<typeof ExportRequest>;

export const ExportReport = z.object({
  format: ExportFormatName,
  folder: z.string(),
  images: count,
  objects: count,
  /** What the format cannot hold, with numbers. */
  not_kept: z.array(z.string()),
  /** Images whose files have gone. */
  missing: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type ExportReport = z.infer<typeof ExportReport>;

/** `total` is null while nobody knows: a file is read record by record. */
export const TransferProgress = z.object({
  /** What is counted: records, or, before those of a video, the frames that are taken out of it. */
  of: z.enum(['records', 'frames']),
  done: count,
  total: count.nullable(),
  added: count,
  already_present: count,
  skipped: count,
  /** Since the first of what is counted. */
  elapsed_ms: z.number().nonnegative(),
});
export type TransferProgress = z.infer<typeof TransferProgress>;

const progress = z.object({ type: z.literal('progress'), progress: TransferProgress });
export const SurveyEvent = z.discriminatedUnion('type', [
  progress,
  z.object({ type: z.literal('done'), survey: SourceSurvey }),
]);
export type SurveyEvent = z.infer<typeof SurveyEvent>;

export const CheckEvent = z.discriminatedUnion('type', [
  progress,
  z.object({ type: z.literal('done'), report: ImportReport }),
]);
export type CheckEvent = z.infer<typeof CheckEvent>;

export const ExportCheckEvent = z.discriminatedUnion('type', [
  progress,
  z.object({ type: z.literal('done'), report: ExportReport }),
]);
export type ExportCheckEvent = z.infer<typeof ExportCheckEvent>;

export const TransferOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('imported'), path: z.string(), report: ImportReport }),
  z.object({ kind: z.literal('exported'), report: ExportReport }),
  z.object({ kind: z.literal('failed'), what: z.enum(['import', 'export']), path: z.string(), problem: z.string() }),
]);
export type TransferOutcome = z.infer<typeof TransferOutcome>;

/** One import or export at a time goes on in the engine, whatever becomes of the window that asked for it. */
export const TransferState = z.object({
  active: z
    .object({
      what: z.enum(['import', 'export']),
      path: z.string(),
      progress: TransferProgress,
      /** It was told to end and has not yet. */
      is_stopping: z.boolean(),
    })
    .nullable(),
  /** What the last one ended in, since this engine opened the project. */
  last: TransferOutcome.nullable(),
  /** An import that was cancelled, failed, or died with its engine; asked for again, it goes on where it was. */
  unfinished: ImportRequest.nullable(),
});
export type TransferState = z.infer<typeof TransferState>;
