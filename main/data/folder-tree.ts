/**
 * Reads a folder with one sub-folder per class, or one sub-folder per split (`train`, `validation`, `test`) with the
 * classes below it. Everything below a class folder belongs to the class; where an image may have several classes, one
 * that lies in several folders has all of theirs.
 */

import { realpath } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { IMAGE_EXTENSIONS } from '../images/format.ts';
import type { Labelling } from './class-names.ts';
import { entriesOf, kindOf } from './folder-entries.ts';
import type { ImageItem, ImportItem, ProblemItem } from './import-items.ts';
import { splitOfName } from './split-names.ts';

export interface FolderSource {
  readonly folder: string;
  readonly labelling: Labelling;
}

const SHOWN_NAMES = 5;

/** What lies directly in a folder, ascending by name, hidden files left out. */
interface Listing {
  readonly folders: readonly string[];
  readonly images: readonly string[];
  readonly others: readonly string[];
}

/**
 * Every image of the tree, classes ascending by name.
 * Errors: file-missing, file-unreadable, bad-argument when there is no class folder.
 */
export async function readFolderTree(source: FolderSource): Promise<ImportItem[]> {
  const reader = new TreeReader(await realpath(source.folder).catch(() => source.folder), source.labelling);
  const top = await reader.list(source.folder);
  if (top.folders.length === 0) {
    const message = `${source.folder}: expected one sub-folder per class with its images inside, found no sub-folder`;
    throw new AppError('bad-argument', message, { folder: source.folder });
  }
  reader.reportStray(source.folder, top);
  const areSplits = top.folders.every((name) => splitOfName(name) !== null);
  for (const name of top.folders) {
    const folder = join(source.folder, name);
    if (areSplits) await reader.readSplit(folder, name);
    else await reader.readClass(folder, name, null);
  }
  return reader.finish();
}

class TreeReader {
  private readonly items: ImportItem[] = [];
  private readonly others: string[] = [];
  private readonly top: string;
  private readonly visited: Set<string>;
  private readonly isAddedTo: boolean;

  /**
   * `top`: the real path of the folder. It counts as read: a link that leads back to it would give every image the label
   * of the link's class.
   */
  constructor(top: string, labelling: Labelling) {
    this.top = top;
    this.visited = new Set([top]);
    this.isAddedTo = labelling === 'any';
  }

  async readSplit(folder: string, split: string): Promise<void> {
    const listing = await this.list(folder);
    this.reportStray(folder, listing);
    for (const name of listing.folders) await this.readClass(join(folder, name), name, split);
  }

  async readClass(folder: string, label: string, split: string | null): Promise<void> {
    const before = this.items.length;
    await this.readBelow(folder, label, split);
    if (this.items.length === before) this.items.push({ kind: 'warning', text: `${folder}: holds no image` });
  }

  reportStray(folder: string, { images, others }: Listing): void {
    for (const name of images) {
      this.items.push(problem(join(folder, name), 'lies outside every class folder, so it has no label'));
    }
    this.others.push(...others.map((name) => join(folder, name)));
  }

  finish(): ImportItem[] {
    if (this.others.length > 0) {
      const names = this.others.slice(0, SHOWN_NAMES).join(', ');
      const more = this.others.length > SHOWN_NAMES ? ` and ${this.others.length - SHOWN_NAMES} more` : '';
      this.items.push({ kind: 'warning', text: `${this.others.length} files are no images by name: ${names}${more}` });
    }
    return this.items;
  }

  async list(folder: string): Promise<Listing> {
    const listing = { folders: [] as string[], images: [] as string[], others: [] as string[] };
    for (const entry of await entriesOf(folder)) {
      if (entry.name.startsWith('.')) continue;
      const kind = await kindOf(entry, folder, this.top);
      const isLost = kind === 'other' && entry.isSymbolicLink();
      if (kind === 'folder') listing.folders.push(entry.name);
      else if (isLost) this.items.push(problem(join(folder, entry.name), 'is a link to nothing, or out of the folder'));
      else if (!IMAGE_EXTENSIONS.has(extname(entry.name).slice(1).toLowerCase())) listing.others.push(entry.name);
      else if (kind === 'file') listing.images.push(entry.name);
      else this.items.push(problem(join(folder, entry.name), 'is no regular file'));
    }
    return listing;
  }

  private async readBelow(folder: string, label: string, split: string | null): Promise<void> {
    const place = await realpath(folder);
    if (this.visited.has(place)) {
      this.items.push({ kind: 'warning', text: `${folder}: links to a folder that was read already` });
      return;
    }
    this.visited.add(place);
    const { folders, images, others } = await this.list(folder);
    this.others.push(...others.map((name) => join(folder, name)));
    for (const name of images) this.items.push(this.image(join(folder, name), label, split));
    for (const name of folders) await this.readBelow(join(folder, name), label, split);
  }

  private image(path: string, label: string, split: string | null): ImageItem {
    const place = { where: path, url: path, candidates: [path] };
    const claimed = { width: null, height: null };
    const { isAddedTo } = this;
    return {
      kind: 'image',
      ...place,
      labels: [label],
      isAddedTo,
      splitName: split,
      objects: null,
      claimed,
      repairs: [],
    };
  }
}

function problem(where: string, reason: string): ProblemItem {
  return { kind: 'problem', where, code: 'bad-label', reason };
}
