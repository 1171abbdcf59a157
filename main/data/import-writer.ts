/**
 * Takes images that were looked at, in order, and adds them to the project in batches: files first, then one
 * transaction that makes them part of it. A process killed in between leaves files without a record, which the next
 * import of the same images takes over.
 */

import { AppError } from '../../preload/contract/errors.ts';
import type { Inspection } from '../images/inspect.ts';
import { addImage, imageBySha256, isImagePathTaken } from '../store/images.ts';
import { labelsOf, setLabels } from '../store/labels.ts';
import type { WriteProject } from '../store/project.ts';
import { copyIntoProject, copyPath, flushImagesFolder, removeCopies } from './image-copies.ts';
import type { ImageItem } from './import-items.ts';
import type { ImportReport, SkippedRecord } from './import-report.ts';

/** An image with the path where it was found and what it turned out to be. */
export interface SeenImage {
  readonly item: ImageItem;
  readonly file: string;
  readonly inspection: Inspection;
}

/** A picture that the project has, or is about to have. */
interface KnownImage {
  /** Null while it is pending. */
  readonly id: number | null;
  readonly name: string;
  readonly labels: readonly string[];
  readonly split: string | null;
}

const BATCH_IMAGES = 64;
const COPIES_AT_ONCE = 8;

export class ImportWriter {
  private readonly project: WriteProject;
  private readonly report: ImportReport;
  private readonly copy: boolean;
  private pending = new Map<string, SeenImage>();

  constructor(project: WriteProject, report: ImportReport, copy: boolean) {
    this.project = project;
    this.report = report;
    this.copy = copy;
  }

  /** Keeps an image for the next batch, or notes why not. Errors: those of `flush`, when the batch is full. */
  async take(seen: SeenImage): Promise<void> {
    const { item, inspection } = seen;
    const known = this.known(inspection.sha256);
    if (known === null) {
      this.pending.set(inspection.sha256, seen);
      if (this.pending.size >= BATCH_IMAGES) await this.flush();
      return;
    }
    const more = item.labels.filter((label) => !known.labels.includes(label));
    if (more.length === 0 && (item.isAddedTo || item.labels.length === known.labels.length)) {
      this.report.already_present += 1;
      if (item.split !== null && item.split !== known.split) {
        this.report.warnings.push(
          `${item.where}: the same picture as ${known.name}, which stays in split ${known.split ?? 'none'}`,
        );
      }
      return;
    }
    if (item.isAddedTo) return this.addLabels(seen, known, more);
    const [given, had] = [item.labels, known.labels].map(quoted);
    const reason = `${item.labels.length > 1 ? 'labels' : 'label'} ${given}: the same picture as ${known.name}, which is labelled ${had}`;
    this.skip(item, { code: 'bad-label', reason });
  }

  /** The picture is here, pending or stored, and gets labels besides its own. */
  private addLabels({ item, inspection }: SeenImage, known: KnownImage, more: readonly string[]): void {
    const labels = [...known.labels, ...more];
    const pending = this.pending.get(inspection.sha256);
    if (pending !== undefined) {
      this.pending.set(inspection.sha256, { ...pending, item: { ...pending.item, labels } });
    } else if (known.id !== null) setLabels(this.project.db, known.id, labels);
    this.report.already_present += 1;
    const text = `${item.where}: the same picture as ${known.name}, whose labels are now ${quoted(labels)}`;
    this.report.repaired.push(text);
  }

  /** Adds what is pending. Errors: disk-full, folder-unwritable; then none of the batch is added. */
  async flush(): Promise<void> {
    const batch = [...this.pending.values()];
    this.pending = new Map();
    if (batch.length === 0) return;
    const ready = this.copy ? await this.copyAll(batch) : batch.flatMap((seen) => this.link(seen));
    this.project.db.transaction(() => {
      for (const { seen, path } of ready) this.add(seen, path);
    });
    this.report.added += ready.length;
  }

  private known(sha256: string): KnownImage | null {
    const pending = this.pending.get(sha256);
    if (pending !== undefined) {
      return { id: null, name: pending.file, labels: pending.item.labels, split: pending.item.split };
    }
    const row = imageBySha256(this.project.db, sha256);
    if (row === null) return null;
    return { id: row.id, name: row.source_url, labels: labelsOf(this.project.db, row.id), split: row.split };
  }

  private async copyAll(batch: readonly SeenImage[]): Promise<{ seen: SeenImage; path: string }[]> {
    const ready: { seen: SeenImage; path: string }[] = [];
    try {
      for (let from = 0; from < batch.length; from += COPIES_AT_ONCE) {
        const some = batch.slice(from, from + COPIES_AT_ONCE);
        const results = await Promise.allSettled(some.map((seen) => this.copyOne(seen)));
        results.forEach((result) => {
          if (result.status === 'fulfilled' && result.value !== null) ready.push(result.value);
        });
        const failed = results.find((result) => result.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
      }
      await flushImagesFolder(this.project.folder);
    } catch (error) {
      // The batch will not be recorded; on a full disk its files are the first that should go.
      await removeCopies(this.project.folder, ready);
      throw error;
    }
    return ready;
  }

  /** Null for a source that has gone, which costs its own record; a disk that refuses ends the import. */
  private async copyOne(seen: SeenImage): Promise<{ seen: SeenImage; path: string } | null> {
    const path = copyPath(seen.file, seen.inspection.sha256);
    try {
      await copyIntoProject(seen.file, this.project.folder, path);
      return { seen, path };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'image-missing') throw error;
      this.skip(seen.item, { code: error.code, reason: error.message });
      return null;
    }
  }

  private link(seen: SeenImage): { seen: SeenImage; path: string }[] {
    if (!isImagePathTaken(this.project.db, seen.file)) return [{ seen, path: seen.file }];
    this.skip(seen.item, {
      code: 'duplicate-name',
      reason: `${seen.file} is linked already, with other content; it has changed since`,
    });
    return [];
  }

  private add({ item, inspection }: SeenImage, path: string): void {
    const { db, clock } = this.project;
    const id = addImage(db, {
      path,
      storage: this.copy ? 'copied' : 'linked',
      source_url: item.url,
      sha256: inspection.sha256,
      size_bytes: inspection.sizeBytes,
      width_px: inspection.width,
      height_px: inspection.height,
      format: inspection.format,
      split: item.split,
      created_at_ms: clock.nowMs(),
    });
    setLabels(db, id, item.labels);
  }

  private skip({ where }: ImageItem, record: Omit<SkippedRecord, 'where'>): void {
    this.report.skipped.push({ where, ...record });
  }
}

function quoted(labels: readonly string[]): string {
  return labels.length === 0 ? 'none' : labels.map((label) => `"${label}"`).join(', ');
}
