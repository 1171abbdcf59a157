/** A picture that is shown in one piece, in the sizes it is drawn in; its own size is brought when a view asks for it. */

import type { Size } from '../../../native-models/geometry/box.ts';
import { levelFor } from '../doc/level-plan.ts';

/** Unpacks pictures and makes them smaller. */
export interface PictureReader {
  /** The picture in a file in some sizes, the largest first. Rejects where it cannot be read, or this is closed first. */
  make(file: Blob, sizes: readonly Size[]): Promise<ImageBitmap[]>;
  close(): void;
}

export class PictureLevels {
  readonly size: Size;
  readonly file: Blob;
  private readonly reader: PictureReader;
  private readonly listeners = new Set<() => void>();
  /** Made ahead, kept until it is closed. */
  private readonly levels: readonly ImageBitmap[];
  /** In the picture's own size; kept while it is on show. */
  private whole: readonly ImageBitmap[] = [];
  private isWholeWanted = false;

  /** `levels`: one or more of `file`'s, which are the picture's own from now on. `size`: of the image in pixels. */
  constructor(file: Blob, size: Size, levels: readonly ImageBitmap[], reader: PictureReader) {
    this.file = file;
    this.size = size;
    this.levels = levels;
    this.reader = reader;
  }

  /** Called when there is a finer one to draw. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** What to draw where an image pixel covers so many of the screen; the finest there is until a finer one has come. */
  drawable(scale: number): ImageBitmap {
    const all = [...this.levels, ...this.whole];
    const fine = levelFor(all, this.size.width, scale);
    if (fine !== null) return fine;
    // best effort: the file was read once already, and what is there of it stays on show
    if (!this.isWholeWanted) this.bringWhole().catch(() => {});
    return all.reduce((finest, level) => (level.width > finest.width ? level : finest));
  }

  /** Takes little memory while another picture is on show. */
  rest(): void {
    this.isWholeWanted = false;
    for (const level of this.whole) level.close();
    this.whole = [];
  }

  close(): void {
    this.rest();
    this.listeners.clear();
    for (const level of this.levels) level.close();
  }

  private async bringWhole(): Promise<void> {
    this.isWholeWanted = true;
    const made = await this.reader.make(this.file, [this.size]);
    this.whole = [...this.whole, ...made];
    if (!this.isWholeWanted) this.rest();
    for (const listener of this.listeners) listener();
  }
}
