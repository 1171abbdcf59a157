/** Files of pictures beside each other in a folder; images of one name in several folders get a number. */

import { join, resolve } from 'node:path';

export class PictureFiles {
  private readonly folder: string;
  private readonly taken = new Set<string>();

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  /** Absolute. `image` may be any text, `rest` is a name's end. */
  place(image: string, rest: string): string {
    for (let count = 1; ; count++) {
      const name = `${safe(image)}${count === 1 ? '' : `-${count}`}.${rest}`;
      if (this.taken.has(name)) continue;
      this.taken.add(name);
      return join(this.folder, name);
    }
  }
}

/** No separators, no names that mean something to a shell or a file system. */
export const safe = (text: string): string => text.replaceAll(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 80) || '_';
