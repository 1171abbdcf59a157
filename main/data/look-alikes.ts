/** Finds images that look alike, and those of them that leak from one part of the data to another or are labelled differently. */

import type { FoundLookAlikes, LookAlikes } from '../../preload/contract/data.ts';
import { AppError } from '../../preload/contract/errors.ts';
import {
  addFingerprints,
  type FingerprintedImage,
  fingerprintCount,
  fingerprintedImages,
  imagesWithoutFingerprint,
} from '../store/fingerprints.ts';
import { imageCount, imageFile } from '../store/images.ts';
import type { ReadProject } from '../store/project.ts';
import type { SharedWriter } from '../store/shared-writer.ts';
import { groupsAlike } from './alike.ts';

export interface LookAlikeParts {
  readonly project: ReadProject;
  readonly writer: SharedWriter;
  /** The fingerprint of an image file. */
  readonly fingerprint: (path: string) => Promise<string>;
  readonly nowMs: () => number;
}

/** Committed together, so that a search that is broken off goes on where it was. */
const BATCH = 64;
/** The worst come first; more than a person looks through. */
const MOST_GROUPS = 2_000;

/** Makes the fingerprints that are missing, telling how far it is, then groups the images. Errors: cancelled. */
export async function findLookAlikes(
  { project, writer, fingerprint, nowMs }: LookAlikeParts,
  tell: (progress: { done: number; total: number }) => void,
  signal: AbortSignal,
): Promise<FoundLookAlikes> {
  const { db, folder } = project;
  const total = imageCount(db);
  const unread: { id: number; reason: string }[] = [];
  let after = 0;
  for (;;) {
    tell({ done: fingerprintCount(db) + unread.length, total });
    const batch = imagesWithoutFingerprint(db, after, BATCH);
    if (batch.length === 0) break;
    const seen = await Promise.allSettled(batch.map((image) => fingerprint(imageFile(folder, image))));
    if (signal.aborted) throw new AppError('cancelled', 'cancelled');
    const rows = seen.flatMap((result, i) =>
      result.status === 'fulfilled' ? [{ id: batch[i]!.id, bits: result.value }] : [],
    );
    for (const [i, result] of seen.entries()) {
      if (result.status === 'rejected') unread.push({ id: batch[i]!.id, reason: reasonOf(result.reason) });
    }
    await writer.use(({ db: write }) => addFingerprints(write, rows));
    after = batch.at(-1)!.id;
  }
  const images = fingerprintedImages(db);
  const alike = await groupsAlike(
    images.map(({ bits }) => bits),
    nowMs,
  );
  const groups = alike.map((group) => judged(group.map((index) => images[index]!)));
  const worstFirst = groups.toSorted((a, b) => weight(b) - weight(a) || b.ids.length - a.ids.length);
  return { groups: worstFirst.slice(0, MOST_GROUPS), unread };
}

/** A group by what is wrong with it. */
export function judged(group: readonly FingerprintedImage[]): LookAlikes {
  const parts = new Set(group.map(({ split }) => split).filter((split) => split !== null));
  const labels = new Set(group.map((image) => image.labels).filter((text) => text !== null));
  return { ids: group.map(({ id }) => id), is_leak: parts.size > 1, is_conflict: labels.size > 1 };
}

const weight = ({ is_leak, is_conflict }: LookAlikes): number => 2 * Number(is_leak) + Number(is_conflict);

function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  throw error;
}
