/**
 * Reads Pascal VOC: an XML file an image, lists of the splits, and for segmentation a picture whose values are the objects.
 * Source: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/; product specification, section 3.7: coordinates are
 * taken as they are, mask values in ascending order belong to the objects in theirs.
 */

import { boxNumbers } from '../../../native-models/geometry/box.ts';
import { classNameOf, flagOf, numberOf } from '../field-values.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject, SourceShape } from '../import-items.ts';
import { RecordProblem } from '../record-problem.ts';
import type { SourceTree } from '../source-tree.ts';
import { splitOfName } from '../split-names.ts';
import { childOf, childText, firstElement, type XmlElement } from '../xml.ts';
import { attempt, attemptEach } from './attempt.ts';
import type { FormatReader, ReadSource } from './format.ts';

const MASK_FOLDER = /(^|\/)(segmentationobject|segmentationclass|segmentation[-_]?masks?|masks)\//i;
const INSTANCE_FOLDER = /(^|\/)(segmentationobject|segmentation[-_]?masks?|masks)\//i;
const CLASS_MASK = /(^|\/)segmentationclass\/[^/]+\.png$/i;
const ONLY_CLASS_MASKS =
  'SegmentationClass tells the class of each pixel, not which object it is of; without SegmentationObject objects are boxes';
const SPLIT_LIST = /(^|\/)ImageSets\/(Main|Segmentation)\/([^/_]+)\.txt$/i;
const LOOKED_AT = 10;

export const voc: FormatReader = {
  format: 'voc',
  recognises: async (tree) => {
    for (const path of (await xmlFiles(tree)).slice(0, LOOKED_AT)) if (isVoc(await tree.head(path))) return true;
    return false;
  },
  read,
};

/** Objects with boxes; the XML of the LabelMe web tool has the same root, and polygons. */
const isVoc = (head: string): boolean => /<annotation[\s>]/.test(head) && /<bndbox>/.test(head);

async function xmlFiles(tree: SourceTree): Promise<readonly string[]> {
  return (await tree.named()).filter((path) => path.toLowerCase().endsWith('.xml'));
}

interface VocSet {
  readonly source: ReadSource;
  readonly finder: ImageFinder;
  /** Split names by the stem of an image. */
  readonly splits: ReadonlyMap<string, string>;
  /** Mask pictures by the stem of an image. */
  readonly masks: ReadonlyMap<string, string>;
}

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const files = await source.tree.files();
  const finder = await source.finder({ without: MASK_FOLDER });
  const isSegmentation = source.task === 'image-instance-segmentation';
  const masks = isSegmentation ? files.filter((path) => INSTANCE_FOLDER.test(path) && /\.png$/i.test(path)) : [];
  const set: VocSet = {
    ...{ source, finder, splits: await readSplits(source.tree, files) },
    masks: new Map(masks.map((path) => [stemOf(path), source.tree.absolute(path)])),
  };
  const classMasks = isSegmentation ? files.filter((path) => CLASS_MASK.test(path)) : [];
  if (masks.length === 0 && classMasks.length > 0) yield { kind: 'warning', text: ONLY_CLASS_MASKS };
  const annotated = new Set<string>();
  for (const path of await xmlFiles(source.tree)) {
    annotated.add(stemOf(path));
    yield await attempt(source.tree.absolute(path), () => readImage(path, set));
  }
  const unlisted = [...set.splits.keys()].filter((stem) => !annotated.has(stem));
  if (source.tree.file === null && unlisted.length > 0) {
    const text = `${unlisted.length} images that ImageSets lists have no XML file and were left out: ${unlisted.slice(0, 5).join(', ')}`;
    yield { kind: 'warning', text };
  }
}

async function readSplits(tree: SourceTree, files: readonly string[]): Promise<Map<string, string>> {
  const splits = new Map<string, string>();
  for (const path of files) {
    const name = SPLIT_LIST.exec(path)?.[3];
    if (name === undefined || splitOfName(name) === null) continue;
    for (const line of (await tree.text(path)).split(/\r?\n/)) {
      const stem = line.trim().toLowerCase();
      if (stem !== '' && !stem.startsWith('#') && !splits.has(stem)) splits.set(stem, name);
    }
  }
  return splits;
}

async function readImage(path: string, { source, finder, splits, masks }: VocSet): Promise<ImageItem> {
  const file = source.tree.absolute(path);
  const annotation = await firstElement(file, 'annotation');
  if (annotation === null) throw new RecordProblem('bad-xml', 'expected an <annotation>, got none');
  const url = childText(annotation, 'filename') || stemOf(path);
  const folders = path.split('/').slice(0, -1);
  const candidates = [findImage(url, path, finder)];
  const mask = masks.get(stemOf(path)) ?? masks.get(stemOf(url)) ?? null;
  const badObjects: BadObject[] = [];
  const elements = annotation.children.filter(({ name }) => name === 'object');
  const objects = attemptEach(
    elements.entries(),
    ([, { line }]) => `line ${line}`,
    badObjects,
    ([rank, element], where) =>
      toObject(element, where, mask === null ? null : { file: mask, rank, of: elements.length }),
  );
  const size = childOf(annotation, 'size');
  const claimed = { width: sideOf(size, 'width'), height: sideOf(size, 'height') };
  const splitName = splits.get(stemOf(path)) ?? folders.findLast((name) => splitOfName(name) !== null) ?? null;
  return {
    kind: 'image',
    where: file,
    url,
    candidates,
    labels: [],
    objects,
    badObjects,
    splitName,
    claimed,
    repairs: [],
  };
}

/** The picture that the file names, else the one of the XML file's own name. */
function findImage(url: string, path: string, finder: ImageFinder): string {
  const folder = path.split('/').at(-2) ?? null;
  try {
    return finder.find(url, folder);
  } catch (error) {
    if (!(error instanceof RecordProblem)) throw error;
    try {
      return finder.find(path.slice(0, path.lastIndexOf('.')), folder);
    } catch {
      throw error; // what the file says counts
    }
  }
}

function toObject(
  element: XmlElement,
  where: string,
  mask: { file: string; rank: number; of: number } | null,
): SourceObject {
  const box = childOf(element, 'bndbox');
  if (box === null) throw new RecordProblem('bad-annotation', 'bndbox: expected a box, got none');
  const xyxy = boxNumbers(['xmin', 'ymin', 'xmax', 'ymax'].map((name) => numberOf(childText(box, name), name)));
  const shape: SourceShape =
    mask === null
      ? { kind: 'box', xyxy }
      : { kind: 'plane', file: mask.file, select: { rank: mask.rank, of: mask.of } };
  const flag = (name: string) => flagOf(childText(element, name) || null, name);
  return {
    ...{ where, className: classNameOf(childText(element, 'name') ?? undefined, 'name'), shape, unit: 'px' },
    ...(mask === null ? {} : { box: xyxy }),
    flags: { is_difficult: flag('difficult'), is_truncated: flag('truncated'), is_occluded: flag('occluded') },
  };
}

function sideOf(size: XmlElement | null, name: string): number | null {
  const side = Number(size === null ? 0 : childText(size, name));
  return Number.isInteger(side) && side > 0 ? side : null;
}

function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name;
}
