/** The report an import ends in, while it is made. */

import type { ImportFormat, ImportReport, SkippedRecord } from '../../preload/contract/transfers.ts';

/** Lists of a report name this many; what follows is counted. A damaged file of a million objects must not fill memory. */
const MOST_LISTED = 10_000;

/** A report of nothing yet. */
export function emptyReport(format: ImportFormat, dryRun = false): ImportReport {
  return {
    format,
    frames: null,
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
