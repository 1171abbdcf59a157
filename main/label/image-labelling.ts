/** The images of an open project, labelled by any number of windows: each hears what the others do. */

import { AppError } from '../../preload/contract/errors.ts';
import {
  type Edit,
  type HistoryEntry,
  type ImageChange,
  type ImageDocument,
  type ImageEvent,
  type ImageNeighbours,
  type ImagePicture,
  isShownByTiles,
} from '../../preload/contract/labelling.ts';
import type { PredictEvent, PredictRequest } from '../../preload/contract/proposals.ts';
import type { SequenceView } from '../../preload/contract/sequences.ts';
import { authorNow } from '../author.ts';
import type { Clock } from '../clock.ts';
import type { Labelling, Unsubscribe } from '../ipc/engine.ts';
import type { WriteDb } from '../store/db.ts';
import { historyOf } from '../store/gestures.ts';
import {
  imageBeside,
  imageCount,
  imagePosition,
  knownImage,
  NEXT_IMAGE,
  NEXT_TO_REVIEW,
  NEXT_UNLABELLED,
  PREVIOUS_IMAGE,
  spendTime,
} from '../store/images.ts';
import { nextDisagreed } from '../store/predictions.ts';
import type { ReadProject } from '../store/project.ts';
import { addTrack, frameOf } from '../store/sequences.ts';
import type { SharedWriter } from '../store/shared-writer.ts';
import { sequenceView } from './fill-tracks.ts';
import { applyChecked, factsOf, imageDocument, type Made, redo, undo } from './labelling.ts';
import { predictImages, type Seer } from './predict.ts';

/** More than anybody reads. */
const HISTORY_ENTRIES = 500;

export interface LabellingParts {
  readonly project: ReadProject;
  readonly writer: SharedWriter;
  readonly clock: Clock;
  /** The kept model of a run, or one from elsewhere. Errors: run-not-found, run-without-model, model-unknown, model-invalid. */
  readonly openSeer: (id: string) => Seer;
  /** Called after every change. */
  readonly onEdited: () => void;
}

type Listener = (event: ImageEvent) => void;

export class ImageLabelling implements Labelling {
  private readonly parts: LabellingParts;
  private readonly listeners = new Map<number, Set<Listener>>();
  private readonly sequences = new Map<number, number>();

  constructor(parts: LabellingParts) {
    this.parts = parts;
  }

  document(image: number): ImageDocument {
    return imageDocument(this.parts.project.db, image, this.sequences.get(image) ?? 0);
  }

  apply(edit: Edit): Promise<ImageChange> {
    const { task } = this.parts.project.info;
    return this.write(edit.image_id, (db) => applyChecked(db, task, edit, authorNow(this.parts.clock)));
  }

  undo(image: number): Promise<ImageChange> {
    const { task } = this.parts.project.info;
    return this.write(image, (db) => undo(db, task, image));
  }

  redo(image: number): Promise<ImageChange> {
    const { task } = this.parts.project.info;
    return this.write(image, (db) => redo(db, task, image));
  }

  history(image: number): readonly HistoryEntry[] {
    const { db } = this.parts.project;
    return historyOf(db, knownImage(db, image).id, HISTORY_ENTRIES);
  }

  neighbours(image: number): ImageNeighbours {
    const { db } = this.parts.project;
    return db.snapshot(() => {
      const { id } = knownImage(db, image);
      const waiting = (which: typeof NEXT_UNLABELLED | typeof NEXT_TO_REVIEW) => {
        const found = imageBeside(db, id, which) ?? imageBeside(db, 0, which);
        return found === id ? null : found;
      };
      return {
        position: imagePosition(db, id),
        count: imageCount(db),
        previous: imageBeside(db, id, PREVIOUS_IMAGE),
        next: imageBeside(db, id, NEXT_IMAGE),
        next_unlabelled: waiting(NEXT_UNLABELLED),
        next_to_review: waiting(NEXT_TO_REVIEW),
      };
    });
  }

  sequence(image: number): SequenceView | null {
    const { db } = this.parts.project;
    return sequenceView(db, knownImage(db, image).id);
  }

  beginTrack(image: number): Promise<number> {
    return this.parts.writer.use(({ db }) => {
      const frame = frameOf(db, knownImage(db, image).id);
      if (frame !== null) return addTrack(db, frame.sequenceId);
      throw new AppError('bad-annotation', `image ${image} is no frame of a sequence, so it has no tracks`);
    });
  }

  picture(image: number): ImagePicture {
    const { sha256, width_px, height_px, format } = knownImage(this.parts.project.db, image);
    return { sha256, width_px, height_px, is_tiled: isShownByTiles({ width_px, height_px, format }) };
  }

  async *predict(request: PredictRequest, signal: AbortSignal | undefined): AsyncGenerator<PredictEvent> {
    const { project, writer, clock, openSeer, onEdited } = this.parts;
    const seer = openSeer(request.run_id);
    const onPredicted = (image: number) => this.tellFacts(image);
    yield* predictImages({ project, writer, clock, seer, onPredicted }, request, signal);
    onEdited();
  }

  nextDisagreement(image: number): number | null {
    const { db } = this.parts.project;
    return db.snapshot(() => nextDisagreed(db, knownImage(db, image).id));
  }

  async spend(image: number, spentMs: number): Promise<number> {
    const { id } = knownImage(this.parts.project.db, image);
    return this.parts.writer.use(({ db }) => spendTime(db, id, spentMs));
  }

  first(): number | null {
    const { db } = this.parts.project;
    return db.snapshot(() => imageBeside(db, 0, NEXT_UNLABELLED) ?? imageBeside(db, 0, NEXT_IMAGE));
  }

  onChanged(image: number, listener: Listener): Unsubscribe {
    const listeners = this.listeners.get(image) ?? new Set();
    this.listeners.set(image, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(image) === listeners) this.listeners.delete(image);
    };
  }

  /** After an edit of many images: those on show are told whole, as any of them may be among them. */
  retell(): void {
    for (const image of this.listeners.keys()) {
      this.nextSequence(image);
      this.tell(image, { type: 'document', document: this.document(image) });
    }
  }

  /** Of something that is no gesture. */
  private tellFacts(image: number): void {
    if (!this.listeners.has(image)) return;
    const sequence = this.nextSequence(image);
    const change = { ...factsOf(this.parts.project.db, image), put: [], gone: [], sequence };
    this.tell(image, { type: 'change', change });
  }

  private nextSequence(image: number): number {
    const sequence = (this.sequences.get(image) ?? 0) + 1;
    this.sequences.set(image, sequence);
    return sequence;
  }

  private tell(image: number, event: ImageEvent): void {
    for (const listener of this.listeners.get(image) ?? []) listener(event);
  }

  private async write(image: number, work: (db: WriteDb) => Made): Promise<ImageChange> {
    return this.parts.writer.use(({ db }) => {
      const made = work(db);
      const change = { ...made, sequence: this.nextSequence(image) };
      this.tell(image, { type: 'change', change });
      this.parts.onEdited();
      return change;
    });
  }
}
