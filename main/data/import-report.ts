/** What an import ends in. Field names are those of the JSON output. */

import type { ErrorCode } from '../../preload/contract/errors.ts';

export interface SkippedRecord {
  readonly where: string;
  readonly reason: string;
  readonly code: ErrorCode;
}

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
  'csv',
  'folder',
] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** Lists of a report name this many; what follows is counted. A damaged file of a million objects must not fill memory. */
export const MOST_LISTED = 10_000;

export interface ImportReport {
  readonly format: ImportFormat;
  /** Nothing was written: the report says what an import would do. */
  readonly dry_run: boolean;
  /** Records met: added + already_present + skipped, and, of a cancelled import, none that it did not come to. */
  read: number;
  added: number;
  /** The same picture, byte for byte, with the same labels. */
  already_present: number;
  readonly skipped: SkippedRecord[];
  /** For detection and segmentation. Read are: added + already_present + dropped + skipped. */
  readonly objects: {
    read: number;
    added: number;
    already_present: number;
    /** Of classes that the import was told to leave out. */
    dropped: number;
    /** Objects that cannot be used; those of skipped images are not told one by one. */
    readonly skipped: SkippedRecord[];
  };
  readonly repaired: string[];
  readonly warnings: string[];
  /** How many more there are of each list than it names. */
  readonly unlisted: { skipped: number; objects_skipped: number; repaired: number; warnings: number };
  /** Images per class in the whole project after the import. */
  classes: Record<string, number>;
  /** Objects per class in the whole project after the import; empty for tasks of whole images. */
  object_counts: Record<string, number>;
  /** Labelled images that belong to no class; there are none where every image has one. */
  without_class: number;
  cancelled: boolean;
}

/** A report of nothing yet. */
export function emptyReport(format: ImportFormat, dryRun = false): ImportReport {
  return {
    format,
    dry_run: dryRun,
    read: 0,
    added: 0,
    already_present: 0,
    skipped: [],
    objects: { read: 0, added: 0, already_present: 0, dropped: 0, skipped: [] },
    repaired: [],
    warnings: [],
    unlisted: { skipped: 0, objects_skipped: 0, repaired: 0, warnings: 0 },
    classes: {},
    object_counts: {},
    without_class: 0,
    cancelled: false,
  };
}

/** Adds to a list of a report, or to the count of what it does not name. */
export function noteText(report: ImportReport, list: 'repaired' | 'warnings', text: string): void {
  if (report[list].length < MOST_LISTED) report[list].push(text);
  else report.unlisted[list] += 1;
}

export function noteSkipped(report: ImportReport, record: SkippedRecord): void {
  if (report.skipped.length < MOST_LISTED) report.skipped.push(record);
  else report.unlisted.skipped += 1;
}

export function noteSkippedObject(report: ImportReport, record: SkippedRecord): void {
  if (report.objects.skipped.length < MOST_LISTED) report.objects.skipped.push(record);
  else report.unlisted.objects_skipped += 1;
}

/** Every skipped record, named or not. */
export const skippedCount = ({ skipped, unlisted }: ImportReport): number => skipped.length + unlisted.skipped;

/** Every skipped object of the images that were read. */
export const skippedObjectCount = ({ objects, unlisted }: ImportReport): number =>
  objects.skipped.length + unlisted.objects_skipped;

/** Below this a model learns little; a warning, since nothing is too small to try. Source: specification, conflict C1. */
const FEW_IMAGES = 10;

/** Warnings about how much there is to learn from. */
export function scarcityWarnings(classes: Readonly<Record<string, number>>, total: number): string[] {
  const scarce = Object.entries(classes).filter(([, count]) => count < FEW_IMAGES);
  return [
    ...(total < FEW_IMAGES ? [`the project has ${total} labelled images; at least ${FEW_IMAGES} are advised`] : []),
    ...scarce.map(([name, count]) => `class "${name}" has ${count} images; at least ${FEW_IMAGES} are advised`),
  ];
}
