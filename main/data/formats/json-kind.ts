/** What kind of annotations a JSON file holds, by its beginning. */

import type { SourceTree } from '../source-tree.ts';

export type JsonKind = 'coco' | 'labelme' | 'via' | 'vott' | 'other';

const COCO_KEYS = new Set(['info', 'licenses', 'images', 'annotations', 'categories', 'type']);
const LABELME_KEYS = /"(shapes|imageData|imagePath)"\s*:/;
const LOOKED_AT = 40;

function jsonKind(head: string): JsonKind {
  const first = /^\s*\{\s*"([^"]*)"\s*:/.exec(head)?.[1];
  if (first === undefined) return 'other';
  if (COCO_KEYS.has(first) && !LABELME_KEYS.test(head)) return 'coco';
  if (first.startsWith('_via_')) return 'via';
  if (/"regions"\s*:/.test(head) && /"filename"\s*:/.test(head)) return 'via';
  if (/"(assets?|videoSettings|activeLearningSettings)"\s*:/.test(head)) return 'vott';
  return LABELME_KEYS.test(head) ? 'labelme' : 'other';
}

/** The JSON files of a kind. A folder of thousands is judged by its first ones, and then all count. */
export async function jsonFilesOf(tree: SourceTree, kind: JsonKind): Promise<readonly string[]> {
  const files = (await tree.named()).filter((path) => path.toLowerCase().endsWith('.json'));
  const found: string[] = [];
  for (const path of files.slice(0, LOOKED_AT)) if (jsonKind(await tree.head(path)) === kind) found.push(path);
  return found.length > 0 && files.length > LOOKED_AT ? [...found, ...files.slice(LOOKED_AT)] : found;
}
