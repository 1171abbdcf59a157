/** What a reader of a data set format is, and what it is given. */

import type { Task } from '../../../preload/contract/tasks.ts';
import type { FrameChoice, ImportFormat } from '../../../preload/contract/transfers.ts';
import type { Labelling } from '../class-names.ts';
import type { LabelSeparator } from '../csv-layout.ts';
import { type FinderOptions, ImageFinder } from '../image-finder.ts';
import type { ImportItem } from '../import-items.ts';
import type { KeptFrames } from '../kept-frames.ts';
import { SourceTree } from '../source-tree.ts';
import type { FramesTaken } from '../video-frames.ts';

export interface FormatReader {
  readonly format: ImportFormat;
  /** Of what has frames: those that are taken where nobody says. */
  readonly usualFrames?: FrameChoice;
  /** Whether the tree, or the file that was named, holds data of this format. */
  recognises(tree: SourceTree): Promise<boolean>;
  /**
   * Every record, good or bad. A list where the number of records is known beforehand.
   * Errors: AppError for the source as a whole.
   */
  read(source: ReadSource): AsyncIterable<ImportItem> | Promise<ImportItem[]>;
}

/** Of videos and picture sequences. */
export interface FrameOptions {
  readonly choice?: FrameChoice;
  /** The program that reads videos; by default the one on the path. */
  readonly ffmpeg?: string;
  /** Where frames of videos stay between one look and the next; by default nowhere. */
  readonly kept?: KeptFrames;
  /** Told while frames are taken out of a video. */
  readonly onFrames?: (taken: FramesTaken) => void;
}

export class ReadSource {
  readonly tree: SourceTree;
  readonly task: Task;
  /** Where the user says images lie; else null. */
  readonly imagesFolder: string | null;
  readonly separator: LabelSeparator | null;
  /** A folder for what a reader must put aside, removed after the import. */
  readonly scratch: string;
  readonly frames: FrameOptions;
  /** Whether pictures are copied into the project, not linked. */
  readonly copies: boolean;
  readonly signal: AbortSignal | undefined;
  /** By what they leave out. */
  private readonly finders = new Map<string, ImageFinder>();
  private readonly closing: (() => void)[] = [];

  constructor(options: Omit<ReadSource, 'labelling' | 'finder' | 'unnamed' | 'onClose' | 'close'>) {
    this.tree = options.tree;
    this.task = options.task;
    this.imagesFolder = options.imagesFolder;
    this.separator = options.separator;
    this.scratch = options.scratch;
    this.frames = options.frames;
    this.copies = options.copies;
    this.signal = options.signal;
  }

  /** Of whole images; null where labels are objects. */
  get labelling(): Labelling | null {
    if (this.task === 'image-classification') return 'one';
    return this.task === 'image-classification-multilabel' ? 'any' : null;
  }

  /** One and the same for equal options. */
  async finder(options: FinderOptions = {}): Promise<ImageFinder> {
    const key = String(options.without);
    const known = this.finders.get(key);
    if (known !== undefined) return known;
    const tree = this.imagesFolder === null ? this.tree : await SourceTree.open(this.imagesFolder);
    const finder = await ImageFinder.over(tree, options);
    this.finders.set(key, finder);
    return finder;
  }

  /** Pictures of a folder that no record has named, once all were read; a file of annotations may be about some alone. */
  unnamed(): string[] {
    const isWhole = this.tree.file === null && this.imagesFolder === null;
    return isWhole ? [...this.finders.values()].flatMap((finder) => finder.unasked()) : [];
  }

  /** Has something done once nobody reads what the reader has named. */
  onClose(release: () => void): void {
    this.closing.push(release);
  }

  close(): void {
    for (const release of this.closing.splice(0)) release();
  }
}
