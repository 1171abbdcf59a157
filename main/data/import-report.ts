/** What an import ends in. Field names are those of the JSON output. */

import type { ErrorCode } from '../../preload/contract/errors.ts';

export interface SkippedRecord {
  readonly where: string;
  readonly reason: string;
  readonly code: ErrorCode;
}

export type ImportFormat = 'jsonl' | 'csv' | 'folder';

export interface ImportReport {
  readonly format: ImportFormat;
  /** Records met: added + already_present + skipped, and, of a cancelled import, none that it did not come to. */
  read: number;
  added: number;
  /** The same picture, byte for byte, with the same labels. */
  already_present: number;
  readonly skipped: SkippedRecord[];
  readonly repaired: string[];
  readonly warnings: string[];
  /** Images per class in the whole project after the import. */
  classes: Record<string, number>;
  /** Labelled images that belong to no class; there are none where every image has one. */
  without_class: number;
  cancelled: boolean;
}

/** A report of nothing yet. */
export function emptyReport(format: ImportReport['format']): ImportReport {
  return {
    format,
    read: 0,
    added: 0,
    already_present: 0,
    skipped: [],
    repaired: [],
    warnings: [],
    classes: {},
    without_class: 0,
    cancelled: false,
  };
}

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
