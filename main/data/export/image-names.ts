/** Names for the pictures of an export: the source's own, each once, whatever the case and the ending. */

import { basename, extname } from 'node:path';
import { IMAGE_EXTENSIONS } from '../../images/format.ts';
import type { ImageRow } from '../../store/images.ts';

const ENDINGS: Readonly<Record<string, string>> = { jpeg: '.jpg', tiff: '.tif' };

const FORBIDDEN = /[/\\:*?"<>|\p{Cc}]/gu;
const LONGEST_FOLDER = 60;

export class ImageNames {
  private readonly taken: Set<string>;

  /** `taken`: names that none may have, in lower case. */
  constructor(taken: readonly string[] = []) {
    this.taken = new Set(taken);
  }

  of(image: Pick<ImageRow, 'source_url' | 'path' | 'format'>): string {
    const original = basename(image.source_url.replaceAll('\\', '/').split(/[?#]/)[0]!);
    const named = extname(original);
    const isPicture = IMAGE_EXTENSIONS.has(named.slice(1).toLowerCase());
    const ending = (isPicture ? named : extname(image.path)) || (ENDINGS[image.format] ?? `.${image.format}`);
    const clean = (isPicture ? original.slice(0, -named.length) : original) || 'image';
    return `${this.once(clean.replace(FORBIDDEN, '_'))}${ending}`;
  }

  /** Of a folder for something of that name; none that is hidden, or that an operating system calls otherwise. */
  folder(called: string): string {
    const stem = called
      .slice(0, LONGEST_FOLDER)
      .replace(FORBIDDEN, '_')
      .replace(/^[. ]+|[. ]+$/g, '_');
    return this.once(stem || 'sequence');
  }

  private once(stem: string): string {
    for (let count = 1; ; count++) {
      const name = count === 1 ? stem : `${stem}-${count}`;
      const key = name.toLowerCase();
      if (this.taken.has(key)) continue;
      this.taken.add(key);
      return name;
    }
  }
}
