/**
 * Frames of videos this machine has taken out, so that looking at a video, trying its import and importing it do that once,
 * and an import that was killed goes on without doing it again. Each choice of frames of each file as it was has a folder.
 */

import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { KeptFolders } from '../images/kept-folders.ts';
import { type ExtractedFrames, type ExtractOptions, extractedFrames, extractFrames } from './video-frames.ts';

/** Some 30,000 frames of two megapixels. */
const MOST_BYTES = 8 * 2 ** 30;
/** Longer than any extraction may take. */
const STALE_MS = 3 * 3_600_000;
const TOLD_FILE = 'told.json';

/** Frames that somebody reads. */
export interface OpenFrames {
  readonly frames: readonly { readonly number: number; readonly path: string }[];
  readonly warnings: readonly string[];
  /** Says that they are read no more. */
  release(): void;
}

export class KeptFrames {
  readonly folder: string;
  private readonly kept: KeptFolders;
  private readonly making = new Map<string, Promise<void>>();

  /** `folder` is made when first needed. */
  constructor(folder: string, options: { readonly nowMs: () => number; readonly mostBytes?: number }) {
    this.folder = folder;
    this.kept = new KeptFolders(folder, { mostBytes: MOST_BYTES, staleMs: STALE_MS, ...options });
  }

  /** Errors: file-missing; as `extractFrames`, and then nothing is kept. */
  async open(video: string, options: Omit<ExtractOptions, 'folder'>): Promise<OpenFrames> {
    const name = await nameOf(video, options);
    if (!this.kept.has(name)) await this.make(name, video, options);
    const release = this.kept.hold(name);
    try {
      const folder = this.kept.path(name);
      const warnings = JSON.parse(await readFile(join(folder, TOLD_FILE), 'utf8')) as string[];
      return { frames: await extractedFrames(folder), warnings, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  private async make(name: string, video: string, options: Omit<ExtractOptions, 'folder'>): Promise<void> {
    const before = this.making.get(name);
    if (before !== undefined) {
      await before.catch(() => {}); // whoever began may have given up
      if (this.kept.has(name)) return;
      return this.make(name, video, options);
    }
    const done = this.kept
      .make(name, async (folder) => {
        const { bytes, warnings }: ExtractedFrames = await extractFrames(video, { ...options, folder });
        await writeFile(join(folder, TOLD_FILE), JSON.stringify(warnings));
        return bytes;
      })
      .finally(() => this.making.delete(name));
    this.making.set(name, done);
    await done;
  }
}

/** Of the file as it was: another path, size, time or place on the disk is another video. */
async function nameOf(video: string, { choice }: Pick<ExtractOptions, 'choice'>): Promise<string> {
  const file = await stat(video).catch(() => null);
  if (file === null) throw new AppError('file-missing', `import: there is no ${video}`, { file: video });
  const text = JSON.stringify([video, file.dev, file.ino, file.size, file.mtimeMs, choice]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
