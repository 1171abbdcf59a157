/** The images of the open project as windows find, see and change them. */

import type { TilePlace } from '../../native-models/geometry/tile-pyramid.ts';
import type {
  DataEdit,
  DataFacts,
  DataState,
  ImageCard,
  ImageQuery,
  LookAlikeEvent,
  MadeEdit,
  TurnedEdit,
} from '../../preload/contract/data.ts';
import type { Clock } from '../clock.ts';
import { editData } from '../data/edit-data.ts';
import { findLookAlikes } from '../data/look-alikes.ts';
import type { LookPool } from '../images/look-pool.ts';
import type { PyramidCache } from '../images/pyramid-cache.ts';
import type { PyramidPart } from '../images/pyramid-parts.ts';
import type { DataDesk } from '../ipc/engine.ts';
import { realPath } from '../serve/images.ts';
import { dataFacts, dataFingerprint } from '../store/data-facts.ts';
import { editHistory, redoEdit, undoEdit, undoEditOf } from '../store/edits.ts';
import { imageCards, searchImages } from '../store/image-search.ts';
import { imageBySha256 } from '../store/images.ts';
import type { ReadProject, WriteProject } from '../store/project.ts';
import type { SharedWriter } from '../store/shared-writer.ts';
import type { ThumbnailCache } from '../store/thumbnail-cache.ts';
import { FollowedWork, type Tell } from './told.ts';

export interface DeskParts {
  readonly project: ReadProject;
  readonly writer: SharedWriter;
  readonly looks: LookPool;
  readonly thumbnails: ThumbnailCache;
  readonly pyramids: PyramidCache;
  readonly clock: Clock;
  /** Told after something was written, so that others are told at once. */
  readonly onWritten: () => void;
}

export class ProjectData implements DataDesk {
  private readonly parts: DeskParts;
  private readonly searches: FollowedWork;
  /** Counting a million boxes takes a while, so it is done once for each state of the data. */
  private counted: { readonly version: string; readonly facts: DataFacts } | null = null;

  constructor(parts: DeskParts) {
    this.parts = parts;
    this.searches = new FollowedWork(parts.clock);
  }

  state(): DataState {
    const { db } = this.parts.project;
    return { version: dataFingerprint(db), ...editHistory(db) };
  }

  facts(): DataFacts {
    const { db } = this.parts.project;
    const version = dataFingerprint(db);
    if (this.counted?.version !== version) this.counted = { version, facts: dataFacts(db) };
    return this.counted.facts;
  }

  find(query: ImageQuery): Uint32Array {
    return Uint32Array.from(searchImages(this.parts.project.db, query));
  }

  cards(ids: readonly number[]): ImageCard[] {
    return imageCards(this.parts.project.db, ids);
  }

  edit(edit: DataEdit): Promise<MadeEdit> {
    return this.write((project) => editData(project, edit));
  }

  undo(): Promise<TurnedEdit | null> {
    return this.write(({ db }) => undoEdit(db));
  }

  redo(): Promise<TurnedEdit | null> {
    return this.write(({ db }) => redoEdit(db));
  }

  undoEdit(id: number): Promise<TurnedEdit | null> {
    return this.write(({ db }) => undoEditOf(db, id));
  }

  async *lookAlikes(signal: AbortSignal | undefined): AsyncGenerator<LookAlikeEvent> {
    const { project, writer, looks, clock } = this.parts;
    const search = (tell: Tell<{ done: number; total: number }>, until: AbortSignal) => {
      const fingerprint = (path: string) => looks.fingerprint(path, until);
      return findLookAlikes({ project, writer, fingerprint, nowMs: () => clock.nowMs() }, tell, until);
    };
    for await (const event of this.searches.follow(search, signal)) {
      yield event.type === 'done' ? { type: 'done', found: event.value } : event;
    }
  }

  /**
   * A small picture of the image with that content; null where the project has none, or its file is gone.
   * Errors: those of `decode`.
   */
  async thumbnail(sha256: string, signal: AbortSignal): Promise<Uint8Array | null> {
    const { project, thumbnails, looks } = this.parts;
    const image = imageBySha256(project.db, sha256);
    if (image === null) return null;
    const kept = thumbnails.get(sha256);
    if (kept !== null) return kept;
    const path = realPath({ ...image, folder: project.folder });
    if (path === null) return null;
    const made = await looks.thumbnail(path, signal);
    thumbnails.put(sha256, made);
    return made;
  }

  /** False where the project has no image with that content, or its file is gone. Errors: those of `decode`, disk-full. */
  async prepareTiles(sha256: string, part: PyramidPart, signal: AbortSignal): Promise<boolean> {
    const { project, pyramids } = this.parts;
    const image = imageBySha256(project.db, sha256);
    const path = image === null ? null : realPath({ ...image, folder: project.folder });
    if (path === null) return false;
    await pyramids.ensure(sha256, path, part, signal);
    return true;
  }

  /** Of an image of the project whose tiles were prepared; else null. */
  tileFile(sha256: string, place: TilePlace): string | null {
    const { project, pyramids } = this.parts;
    return imageBySha256(project.db, sha256) === null ? null : pyramids.tileFile(sha256, place);
  }

  /** Ends the searches that go on. */
  close(): Promise<void> {
    return this.searches.close();
  }

  private async write<T>(work: (project: WriteProject) => T): Promise<T> {
    const result = await this.parts.writer.use(work);
    this.parts.onWritten();
    return result;
  }
}
