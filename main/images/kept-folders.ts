/**
 * Folders that are costly to make and can be made anew, kept on this machine for all projects: made aside, put in place by
 * one rename, and those unused for longest go when there are too many bytes.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface KeptFoldersOptions {
  readonly nowMs: () => number;
  readonly mostBytes: number;
  /** What is half-made and this old was left by a process that died. */
  readonly staleMs: number;
}

/** Evicting goes this far below, so that it is seldom. */
const KEPT_FRACTION = 0.9;
const PARTIAL = '.partial-';
/** In a folder that is kept, beside what it was made for: how many bytes that has. */
const SIZE_FILE = 'size';

export class KeptFolders {
  readonly folder: string;
  private readonly options: KeptFoldersOptions;
  /** Names of those that this process reads, each as often. */
  private readonly held: string[] = [];

  /** `folder` is made when first needed. */
  constructor(folder: string, options: KeptFoldersOptions) {
    this.folder = folder;
    this.options = options;
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Makes a folder; `fill` writes into one beside it and says how many bytes. Errors: those of `fill`. */
  async make(name: string, fill: (partial: string) => Promise<number>): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    this.removeStale();
    const partial = await mkdtemp(join(this.folder, PARTIAL));
    try {
      const bytes = await fill(partial);
      await writeFile(join(partial, SIZE_FILE), String(bytes));
      this.publish(partial, name);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    this.use(name);
    this.evict(name);
  }

  /** The time of a folder is when it was wanted last. */
  use(name: string): void {
    const now = new Date(this.options.nowMs());
    utimesSync(this.path(name), now, now);
  }

  /** Keeps a folder where it is until what is returned is called. */
  hold(name: string): () => void {
    this.use(name);
    this.held.push(name);
    return () => {
      const at = this.held.indexOf(name);
      if (at >= 0) this.held.splice(at, 1);
      this.evict();
    };
  }

  private publish(partial: string, name: string): void {
    try {
      renameSync(partial, this.path(name));
    } catch (error) {
      if (!this.has(name)) throw error; // another process was first
    }
  }

  /** `latest` stays, however large, as does what is held. */
  private evict(latest?: string): void {
    const kept = this.entries()
      .filter((name) => !name.startsWith(PARTIAL) && existsSync(join(this.path(name), SIZE_FILE)))
      .map((name) => ({
        name,
        bytes: Number(readFileSync(join(this.path(name), SIZE_FILE), 'utf8')),
        usedMs: statSync(this.path(name)).mtimeMs,
      }))
      .sort((a, b) => a.usedMs - b.usedMs);
    const size = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    const { mostBytes } = this.options;
    if (size <= mostBytes) return;
    let excess = size - mostBytes * KEPT_FRACTION;
    for (const { name, bytes } of kept) {
      if (excess <= 0 || name === latest || this.held.includes(name)) continue;
      // Out of sight first, so that nothing is missing from a folder that seems to be there.
      const going = join(this.folder, `${PARTIAL}${name}`);
      renameSync(this.path(name), going);
      rmSync(going, { recursive: true, force: true });
      excess -= bytes;
    }
  }

  private removeStale(): void {
    for (const name of this.entries().filter((entry) => entry.startsWith(PARTIAL))) {
      const mtimeMs = statSync(this.path(name), { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
      if (this.options.nowMs() - mtimeMs > this.options.staleMs)
        rmSync(this.path(name), { recursive: true, force: true });
    }
  }

  private entries(): string[] {
    return readdirSync(this.folder);
  }
}
