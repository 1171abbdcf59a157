/** The folder of an export: written beside its place, which it takes when it is complete. */

import { closeSync, constants, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../../preload/contract/errors.ts';
import { makeFolder, refuseOccupied } from '../../new-folder.ts';
import { toDiskError } from '../../store/disk-errors.ts';

const BUFFER_CHARACTERS = 256 * 1024;

export class ExportFolder {
  /** Absolute; where the export will be. */
  readonly path: string;
  private readonly partial: string;
  private readonly folders = new Set<string>();
  private readonly open = new Set<TextFile>();

  /** Errors: folder-exists where there is something already, folder-unwritable. */
  constructor(path: string) {
    this.path = resolve(path);
    refuseOccupied('export', this.path);
    this.partial = join(dirname(this.path), `.${basename(this.path)}.partial`);
    this.guard(() => {
      rmSync(this.partial, { recursive: true, force: true });
      makeFolder(this.partial);
    });
  }

  /** A folder for what a writer puts aside, and removes before its end; it goes with an export that is abandoned. */
  get scratch(): string {
    return this.partial;
  }

  /** A text file that grows. */
  file(relative: string): TextFile {
    const file = this.guard(() => new TextFile(this.place(relative), (work) => this.guard(work)));
    this.open.add(file);
    return file;
  }

  write(relative: string, content: string | Uint8Array): void {
    this.guard(() => {
      const file = openSync(this.place(relative), 'w');
      try {
        writeSync(file, typeof content === 'string' ? Buffer.from(content) : content);
      } finally {
        closeSync(file);
      }
    });
  }

  /** Errors: image-missing when the picture's file has gone, disk-full. */
  async copy(from: string, relative: string): Promise<void> {
    const to = this.place(relative);
    try {
      await copyFile(from, to, constants.COPYFILE_FICLONE);
    } catch (error) {
      if (!existsSync(from)) throw new AppError('image-missing', `${from}: can no longer be read`, { file: from });
      throw toDiskError(error, dirname(this.path), `export to ${this.path}`);
    }
  }

  /** Everything is there: the folder takes its place. */
  finish(): void {
    this.guard(() => {
      for (const file of this.open) file.close();
      rmSync(this.path, { recursive: true, force: true });
      renameSync(this.partial, this.path);
    });
  }

  abandon(): void {
    for (const file of this.open) file.close();
    rmSync(this.partial, { recursive: true, force: true });
  }

  private place(relative: string): string {
    const path = join(this.partial, ...relative.split('/'));
    const folder = dirname(path);
    if (!this.folders.has(folder)) {
      makeFolder(folder);
      this.folders.add(folder);
    }
    return path;
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toDiskError(error, dirname(this.path), `export to ${this.path}`);
    }
  }
}

export class TextFile {
  private readonly file: number;
  private readonly guard: (work: () => void) => void;
  private texts: string[] = [];
  private characters = 0;
  private isOpen = true;

  constructor(path: string, guard: (work: () => void) => void) {
    this.file = openSync(path, 'w');
    this.guard = guard;
  }

  add(text: string): void {
    this.texts.push(text);
    this.characters += text.length;
    if (this.characters >= BUFFER_CHARACTERS) this.guard(() => this.flush());
  }

  /** Writes what is left; harmless a second time. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    try {
      this.flush();
      fsyncSync(this.file);
    } finally {
      closeSync(this.file);
    }
  }

  private flush(): void {
    if (this.characters === 0) return;
    writeSync(this.file, this.texts.join(''));
    this.texts = [];
    this.characters = 0;
  }
}
