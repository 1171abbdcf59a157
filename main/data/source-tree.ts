/**
 * The files of a data set: a folder's, or those round the one file that was named. Nothing outside its root is ever
 * named by it, whatever links lie inside.
 */

import { open, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { entriesOf, kindOf } from './folder-entries.ts';
import { toReadError } from './read-error.ts';

/** Of a file that is read as a whole: a description of a data set, the annotations of one image. */
const MAX_TEXT_BYTES: number = 64 * 1024 * 1024;
const MAX_DEPTH = 12;
const MAX_FILES = 5_000_000;
const BYTE_ORDER_MARK = '\ufeff';
/** Beside these, folders of images are looked for as well. */
const ANNOTATION_FOLDERS = new Set(['annotations', 'labels', 'annotation']);

export class SourceTree {
  /** Absolute. */
  readonly root: string;
  /** The file that was named, from the root; null for a folder. */
  readonly file: string | null;
  private listed: Promise<readonly string[]> | null = null;

  private constructor(root: string, file: string | null) {
    this.root = root;
    this.file = file;
  }

  /** Errors: file-missing. */
  static async open(path: string): Promise<SourceTree> {
    const kind = await stat(path).catch(() => null);
    if (kind === null) throw new AppError('file-missing', `import: there is no ${path}`, { file: path });
    if (kind.isDirectory()) return new SourceTree(resolve(path), null);
    const folder = dirname(resolve(path));
    const isBelow = ANNOTATION_FOLDERS.has(basename(folder).toLowerCase());
    const root = isBelow ? dirname(folder) : folder;
    return new SourceTree(root, isBelow ? `${basename(folder)}/${basename(path)}` : basename(path));
  }

  /** Of a file of the tree. */
  absolute(relative: string): string {
    return join(this.root, ...relative.split('/'));
  }

  /** Every file below the root, as `folder/name`, ascending; hidden ones left out. */
  files(): Promise<readonly string[]> {
    this.listed ??= listFiles(this.root);
    return this.listed;
  }

  /** Those that may be annotations: the named file alone, or all of the folder. */
  async named(): Promise<readonly string[]> {
    return this.file === null ? this.files() : [this.file];
  }

  /** A whole text file. Errors: file-missing, file-unreadable. */
  async text(relative: string): Promise<string> {
    const path = this.absolute(relative);
    try {
      const { size } = await stat(path);
      if (size > MAX_TEXT_BYTES) {
        throw new AppError('file-unreadable', `${path}: expected at most ${MAX_TEXT_BYTES} bytes, it has ${size}`);
      }
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
      return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    } catch (error) {
      throw toReadError(error, path);
    }
  }

  /** The beginning of a file as text, for telling what it is. */
  async head(relative: string, bytes = 4096): Promise<string> {
    const handle = await open(this.absolute(relative), 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
      const text = buffer.toString('utf8', 0, bytesRead);
      return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    } finally {
      await handle.close();
    }
  }
}

async function listFiles(root: string): Promise<readonly string[]> {
  const files: string[] = [];
  const top = await realpath(root);
  const visited = new Set([top]);
  const walk = async (folder: string, prefix: string, depth: number): Promise<void> => {
    for (const entry of await entriesOf(folder)) {
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
      const path = join(folder, entry.name);
      const kind = await kindOf(entry, folder, top);
      if (kind === 'file') files.push(prefix + entry.name);
      if (files.length > MAX_FILES) {
        throw new AppError('bad-argument', `import: ${root} has more than ${MAX_FILES} files`, { folder: root });
      }
      if (kind !== 'folder' || depth >= MAX_DEPTH) continue;
      const place = entry.isSymbolicLink() ? await realpath(path) : path;
      if (visited.has(place)) continue;
      visited.add(place);
      await walk(path, `${prefix}${entry.name}/`, depth + 1);
    }
  };
  await walk(root, '', 0);
  return files;
}
