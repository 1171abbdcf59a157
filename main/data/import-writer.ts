/**
 * Takes images that were looked at, in order, and adds them to the project in batches: files first, then one
 * transaction that makes them part of it. A process killed in between leaves files without a record, which the next
 * import of the same images takes over.
 */

import { AppError } from '../../preload/contract/errors.ts';
import type { ImportReport, SkippedRecord } from '../../preload/contract/transfers.ts';
import type { Inspection } from '../images/inspect.ts';
import { addAnnotations, addManyAnnotations, annotationsOf, type NewAnnotation } from '../store/annotations.ts';
import type { WriteDb } from '../store/db.ts';
import { addImage, imageBySha256, isImagePathTaken } from '../store/images.ts';
import { labelsOf, setLabels } from '../store/labels.ts';
import type { WriteProject } from '../store/project.ts';
import { addFrame, ensureSequence, ensureTrack, frameOf } from '../store/sequences.ts';
import { copyIntoProject, copyPath, flushImagesFolder, removeCopies } from './image-copies.ts';
import type { SplitImage } from './import-items.ts';
import { noteSkipped, noteText } from './import-report.ts';
import { haveSameObjects } from './same-objects.ts';
import type { SettledObject } from './settle-objects.ts';

/** An image with the path where it was found and what it turned out to be. */
export interface SeenImage {
  readonly item: SplitImage;
  readonly file: string;
  readonly inspection: Inspection;
  /** Null in projects whose labels are of whole images. */
  readonly annotations: readonly SettledObject[] | null;
}

/** A picture that the project has, or is about to have. */
interface KnownImage {
  /** Null while it is pending. */
  readonly id: number | null;
  readonly name: string;
  readonly labels: readonly string[];
  readonly annotations: readonly Omit<NewAnnotation, 'track'>[];
  readonly isLabelled: boolean;
  readonly split: string | null;
}

export interface WriterOptions {
  /** Copy images into the project, or link them where they are. */
  readonly copy: boolean;
  /** Leaves files alone; the caller takes back what is written to the database. */
  readonly isTrial: boolean;
}

const BATCH_IMAGES = 64;
/** Without copies a batch is no more than a transaction, which waits for the disk once. */
const BATCH_LINKS = 512;
const COPIES_AT_ONCE = 8;

export class ImportWriter {
  private readonly project: WriteProject;
  private readonly report: ImportReport;
  private readonly options: WriterOptions;
  private pending = new Map<string, SeenImage>();

  constructor(project: WriteProject, report: ImportReport, options: WriterOptions) {
    this.project = project;
    this.report = report;
    this.options = options;
  }

  /** Keeps an image for the next batch, or notes why not. Errors: those of `flush`, when the batch is full. */
  async take(seen: SeenImage): Promise<void> {
    const known = this.known(seen.inspection.sha256);
    if (known !== null) {
      this.meetAgain(seen, known);
      return;
    }
    this.pending.set(seen.inspection.sha256, seen);
    if (this.pending.size >= (this.options.copy ? BATCH_IMAGES : BATCH_LINKS)) await this.flush();
  }

  /** Adds what is pending. Errors: disk-full, folder-unwritable; then none of the batch is added. */
  async flush(): Promise<void> {
    const batch = [...this.pending.values()];
    this.pending = new Map();
    if (batch.length === 0) return;
    const ready = await this.place(batch);
    this.project.db.transaction(() => {
      const added = ready.map(({ seen, path }) => this.add(seen, path));
      addManyAnnotations(this.project.db, added);
    });
    this.report.added += ready.length;
    for (const { seen } of ready) this.report.objects.added += seen.annotations?.length ?? 0;
  }

  private meetAgain(seen: SeenImage, known: KnownImage): void {
    const { item, annotations } = seen;
    if (item.frame !== undefined && known.id !== null) addToSequence(this.project.db, known.id, item.frame);
    if (item.isUnlabelled === true) {
      this.countPresent(item, known);
      return;
    }
    if (known.id !== null && !known.isLabelled) {
      this.labelKnown(seen, known.id, known.name);
      return;
    }
    if (annotations !== null) {
      if (haveSameObjects(annotations, known.annotations)) {
        this.report.objects.already_present += annotations.length;
        this.countPresent(item, known);
        return;
      }
      const [given, had] = [annotations, known.annotations].map(({ length }) => length);
      const reason = `${given} objects: the same picture as ${known.name}, which has other objects (${had})`;
      this.skip(item, { code: 'bad-annotation', reason });
      return;
    }
    const more = item.labels.filter((label) => !known.labels.includes(label));
    if (more.length === 0 && (item.isAddedTo || item.labels.length === known.labels.length)) {
      this.countPresent(item, known);
      return;
    }
    if (item.isAddedTo) {
      this.addLabels(seen, known, more);
      return;
    }
    const [given, had] = [item.labels, known.labels].map(quoted);
    const reason = `${item.labels.length > 1 ? 'labels' : 'label'} ${given}: the same picture as ${known.name}, which is labelled ${had}`;
    this.skip(item, { code: 'bad-label', reason });
  }

  private countPresent(item: SplitImage, known: KnownImage): void {
    this.report.already_present += 1;
    if (item.split === null || item.split === known.split) return;
    const text = `${item.where}: the same picture as ${known.name}, which stays in split ${known.split ?? 'none'}`;
    noteText(this.report, 'warnings', text);
  }

  /** The picture was here, and nobody had said anything of it. */
  private labelKnown({ item, annotations }: SeenImage, id: number, name: string): void {
    const { db } = this.project;
    if (annotations === null) setLabels(db, id, item.labels);
    else addAnnotations(db, id, withTracks(db, id, annotations));
    this.report.objects.added += annotations?.length ?? 0;
    this.report.already_present += 1;
    const given = annotations === null ? quoted(item.labels) : `${annotations.length} objects`;
    noteText(
      this.report,
      'repaired',
      `${item.where}: the same picture as ${name}, which had no labels; it has now: ${given}`,
    );
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
    noteText(this.report, 'repaired', text);
  }

  private known(sha256: string): KnownImage | null {
    const pending = this.pending.get(sha256);
    if (pending !== undefined) {
      const { labels, split, isUnlabelled } = pending.item;
      const isLabelled = isUnlabelled !== true;
      return { id: null, name: pending.file, labels, annotations: pending.annotations ?? [], isLabelled, split };
    }
    const { db } = this.project;
    const row = imageBySha256(db, sha256);
    if (row === null) return null;
    const { id, source_url, is_labelled: isLabelled, split } = row;
    return { id, name: source_url, labels: labelsOf(db, id), annotations: annotationsOf(db, id), isLabelled, split };
  }

  private async place(batch: readonly SeenImage[]): Promise<{ seen: SeenImage; path: string }[]> {
    if (!this.options.copy) return batch.flatMap((seen) => this.link(seen));
    if (!this.options.isTrial) return this.copyAll(batch);
    return batch.map((seen) => ({ seen, path: copyPath(seen.file, seen.inspection.sha256) }));
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

  /** Adds a picture with the classes it belongs to; returns its objects, which are added together with those of others. */
  private add(
    { item, inspection, annotations }: SeenImage,
    path: string,
  ): { id: number; annotations: readonly NewAnnotation[] } {
    const { db, clock } = this.project;
    const image = {
      path,
      storage: this.options.copy ? 'copied' : 'linked',
      source_url: item.url,
      sha256: inspection.sha256,
      size_bytes: inspection.sizeBytes,
      width_px: inspection.width,
      height_px: inspection.height,
      format: inspection.format,
      split: item.split,
      created_at_ms: clock.nowMs(),
    } as const;
    const id = addImage(db, image, annotations !== null && item.isUnlabelled !== true);
    if (item.frame !== undefined) addToSequence(db, id, item.frame);
    if (annotations === null && item.isUnlabelled !== true) setLabels(db, id, item.labels);
    return { id, annotations: withTracks(db, id, annotations ?? []) };
  }

  private skip({ where }: SplitImage, record: Omit<SkippedRecord, 'where'>): void {
    noteSkipped(this.report, { where, ...record });
  }
}

function addToSequence(db: WriteDb, imageId: number, { sequence, number }: NonNullable<SplitImage['frame']>): void {
  addFrame(db, { imageId, sequenceId: ensureSequence(db, sequence), number });
}

/** Objects of an image with the tracks they are of, in the sequence that it is a frame of. */
function withTracks(db: WriteDb, imageId: number, objects: readonly SettledObject[]): NewAnnotation[] {
  const isTracked = objects.some(({ track }) => track !== undefined);
  const frame = isTracked ? frameOf(db, imageId) : null;
  return objects.map(({ track, ...object }) => {
    if (track === undefined || frame === null || object.shape.kind !== 'box') return object;
    return { ...object, track: { id: ensureTrack(db, frame.sequenceId, track.name), role: track.role } };
  });
}

function quoted(labels: readonly string[]): string {
  return labels.length === 0 ? 'none' : labels.map((label) => `"${label}"`).join(', ');
}
