/**
 * Finds the pictures that annotations name, in the folder of the data set and nowhere else: names in annotation files come
 * from other machines, so what counts is how much of a path's end agrees.
 */

import { extname } from 'node:path';
import { IMAGE_EXTENSIONS } from '../images/format.ts';
import { RecordProblem } from './record-problem.ts';
import type { SourceTree } from './source-tree.ts';

export interface FinderOptions {
  /** Folders whose pictures are not photographs but masks and the like. */
  readonly without?: RegExp;
}

const SHOWN_PLACES = 3;

export class ImageFinder {
  private readonly tree: SourceTree;
  private readonly byName = new Map<string, string[]>();
  private readonly byStem = new Map<string, string[]>();
  private readonly asked = new Set<string>();
  /** Every picture, from the root. */
  readonly images: readonly string[];

  private constructor(tree: SourceTree, images: readonly string[]) {
    this.tree = tree;
    this.images = images;
    for (const path of images) {
      const name = lastOf(path).toLowerCase();
      add(this.byName, name, path);
      add(this.byStem, name.slice(0, -extname(name).length), path);
    }
  }

  static async over(tree: SourceTree, { without }: FinderOptions = {}): Promise<ImageFinder> {
    const files = await tree.files();
    return new ImageFinder(
      tree,
      files.filter((path) => isImageName(path) && !without?.test(path)),
    );
  }

  /**
   * The absolute path of the picture of that name. `hint` is a folder's name which decides between equal ones.
   * Errors: RecordProblem when there is none, or several.
   */
  find(name: string, hint?: string | null): string {
    return this.absolute(this.findRelative(name, hint));
  }

  /** Of one of `images`. */
  absolute(relative: string): string {
    this.asked.add(relative);
    return this.tree.absolute(relative);
  }

  /** Those of `images` whose place nobody has asked for. */
  unasked(): string[] {
    return this.images.filter((path) => !this.asked.has(path));
  }

  /** The same, from the root. */
  findRelative(name: string, hint: string | null = null): string {
    const wanted = name
      .replaceAll('\\', '/')
      .split('/')
      .filter((part) => part !== '' && part !== '.');
    const last = wanted.at(-1)?.toLowerCase() ?? '';
    const found = this.byName.get(last) ?? (isImageName(last) ? undefined : this.byStem.get(last)) ?? [];
    if (found.length === 1) return found[0]!;
    if (found.length === 0) {
      throw new RecordProblem('image-missing', `image "${name}": none of that name below ${this.tree.root}`);
    }
    const parents = wanted.slice(0, -1).map((part) => part.toLowerCase());
    const scores = found.map((path) => agreement(path, parents, hint));
    const best = Math.max(...scores);
    const nearest = found.filter((_, i) => scores[i] === best);
    if (nearest.length === 1) return nearest[0]!;
    const places = nearest.slice(0, SHOWN_PLACES).join(', ');
    throw new RecordProblem('image-missing', `image "${name}": ${nearest.length} pictures have that name (${places})`);
  }
}

export function isImageName(path: string): boolean {
  return IMAGE_EXTENSIONS.has(extname(path).slice(1).toLowerCase());
}

/** How many folders at the end agree, and, less than one of them, whether the hint is among the others. */
function agreement(path: string, parents: readonly string[], hint: string | null): number {
  const folders = path.toLowerCase().split('/').slice(0, -1);
  let agreeing = 0;
  while (agreeing < parents.length && folders.at(-1 - agreeing) === parents.at(-1 - agreeing)) agreeing++;
  const isFull = agreeing === folders.length && agreeing === parents.length;
  return agreeing + (isFull ? 0.5 : 0) + (hint !== null && folders.includes(hint.toLowerCase()) ? 0.4 : 0);
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function add(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
