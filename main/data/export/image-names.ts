/** Names for the pictures of an export: the source's own, each once, whatever the case and the ending. */

import { basename, extname } from 'node:path';
import type { ImageRow } from '../../store/images.ts';

const ENDINGS: Readonly<Record<string, string>> = { jpeg: '.jpg', tiff: '.tif' };

export class ImageNames {
  private readonly taken = new Set<string>();

  of(image: Pick<ImageRow, 'source_url' | 'path' | 'format'>): string {
    const original = basename(image.source_url.replaceAll('\\', '/').split(/[?#]/)[0]!);
    const ending = extname(original) || extname(image.path) || (ENDINGS[image.format] ?? `.${image.format}`);
    const clean = (extname(original) === '' ? original : original.slice(0, -extname(original).length)) || 'image';
    const stem = clean.replace(/[/\\:*?"<>|\p{Cc}]/gu, '_');
    for (let count = 1; ; count++) {
      const name = count === 1 ? stem : `${stem}-${count}`;
      const key = name.toLowerCase();
      if (this.taken.has(key)) continue;
      this.taken.add(key);
      return `${name}${ending}`;
    }
  }
}
