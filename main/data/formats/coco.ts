/**
 * Reads COCO JSON: boxes, polygons, run lengths, crowds; also files whose annotations are classes of whole images.
 * Annotations lie in any order, so they are gathered by image first, on disk.
 * Source: https://cocodataset.org/#format-data; product specification, section 3.7 (normalised boxes, the last part of
 * `file_name`).
 */

import { boxNumbers, xyxyFromXywh } from '../../../native-models/geometry/box.ts';
import { countsFromText } from '../../../native-models/geometry/mask-text.ts';
import { partsFromRings } from '../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import { classNameOf, flagOf, numberOf, ringOf } from '../field-values.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject } from '../import-items.ts';
import { readJsonItems } from '../json-items.ts';
import { described, RecordProblem } from '../record-problem.ts';
import { Scattered } from '../scattered.ts';
import { splitNameOf } from '../split-names.ts';
import type { FormatReader, ReadSource } from './format.ts';
import { jsonFilesOf } from './json-kind.ts';

interface CocoImage {
  readonly file_name: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** What is kept of an annotation until its image's turn comes. */
interface Kept {
  readonly at: number;
  readonly value: ReturnType<typeof usedOf>;
}

/** A file read through once. */
interface CocoFile {
  readonly path: string;
  readonly images: ReadonlyMap<string | number, CocoImage>;
  readonly classNames: ReadonlyMap<string | number, string>;
  readonly annotations: Scattered<Kept>;
  /** Coordinates are fractions. */
  readonly isNormalised: boolean;
  /** Annotations are objects, not classes of whole images. */
  readonly hasObjects: boolean;
  readonly problems: readonly ImportItem[];
}

/** Below this every box of a file is taken for normalised. Source: product specification, section 3.7. */
const NORMALISED_BELOW = 1.5;
const NOT_READ = /^(captions|image_info)[-_.]|panoptic/i;
/** Of several files of one data set those that are named so come first; the others tell of the same images. */
const PREFERRED = [/^instances/i, /^(?!person_keypoints|stuff|labels)/i, /^person_keypoints/i, /^stuff/i, /^labels/i];

export const coco: FormatReader = {
  format: 'coco',
  recognises: async (tree) => (await jsonFilesOf(tree, 'coco')).some((path) => !/panoptic/i.test(nameOf(path))),
  read,
};

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const all = await jsonFilesOf(source.tree, 'coco');
  const readable = source.tree.file === null ? all.filter((path) => !NOT_READ.test(nameOf(path))) : all;
  const rule = PREFERRED.find((pattern) => readable.some((path) => pattern.test(nameOf(path))));
  const chosen = readable.filter((path) => rule?.test(nameOf(path)));
  if (chosen.length === 0) {
    const message = `import: of ${all.join(', ')} in ${source.tree.root} none has objects or classes of images`;
    throw new AppError('format-unsupported', message, { files: all });
  }
  const left = all.filter((path) => !chosen.includes(path));
  if (left.length > 0) yield { kind: 'warning', text: `not read beside ${chosen.join(', ')}: ${left.join(', ')}` };
  const finder = await source.finder();
  for (const path of chosen) yield* readFile(path, source, finder);
}

async function* readFile(
  relative: string,
  source: ReadSource,
  finder: ImageFinder,
): AsyncGenerator<ImportItem, void, undefined> {
  const annotations = new Scattered<Kept>(source.scratch, `coco-${relative.replaceAll('/', '-')}.jsonl`);
  try {
    const file = await gather(source.tree.absolute(relative), annotations);
    yield* file.problems;
    const splitName = splitNameOf(relative);
    for (const [id, image] of file.images) yield readImage(id, image, file, finder, splitName);
    for (const id of annotations.keys()) {
      if (file.images.has(id)) continue;
      const reason = `${annotations.of(id).length} annotations are of image_id ${id}, which "images" does not list`;
      yield { kind: 'problem', where: file.path, code: 'image-missing', reason };
    }
  } finally {
    annotations.close();
  }
}

async function gather(path: string, annotations: Scattered<Kept>): Promise<CocoFile> {
  const images = new Map<string | number, CocoImage>();
  const classNames = new Map<string | number, string>();
  const problems: ImportItem[] = [];
  let most = 0;
  let [count, captions, boxes] = [0, 0, 0];
  const keys = ['images', 'categories', 'annotations'];
  await readJsonItems(path, { keys }, ({ key: list, index: key, value }) => {
    const where = `${path}: ${list}[${key}]`;
    try {
      const record = objectOf(value);
      if (list === 'images') {
        const id = idOf(record['id'], 'id');
        if (images.has(id)) throw new RecordProblem('bad-json', `id: ${id} is that of an earlier image`);
        images.set(id, imageOf(record));
      } else if (list === 'categories') {
        classNames.set(idOf(record['id'], 'id'), classNameOf(record['name'], 'name'));
      } else {
        count += 1;
        if (record['segments_info'] !== undefined) throw notRead(path, 'panoptic segments without the panoptic format');
        if (record['category_id'] === undefined && record['caption'] !== undefined) captions += 1;
        if (record['bbox'] !== undefined || record['segmentation'] !== undefined) boxes += 1;
        if (Array.isArray(record['bbox'])) for (const number of record['bbox']) most = Math.max(most, Number(number));
        annotations.add(idOf(record['image_id'], 'image_id'), { at: key, value: usedOf(record) });
      }
    } catch (error) {
      if (!(error instanceof RecordProblem)) throw error;
      problems.push({ kind: 'problem', where, code: error.code, reason: error.message });
    }
  });
  if (count > 0 && captions === count) throw notRead(path, 'captions');
  if (images.size > 0 && count === 0 && classNames.size === 0) throw notRead(path, 'images without annotations');
  const isNormalised = boxes > 0 && most > 0 && most < NORMALISED_BELOW;
  if (isNormalised) {
    problems.push({ kind: 'repair', text: `${path}: no box has a number of 1.5 or more; taken for fractions` });
  }
  return { path, images, classNames, annotations, isNormalised, hasObjects: boxes > 0 || count === 0, problems };
}

/** The fields that are read of an annotation; those that it lacks are no part of its text. */
function usedOf({ category_id, bbox, segmentation, area, iscrowd, attributes }: Readonly<Record<string, unknown>>) {
  return { category_id, bbox, segmentation, area, iscrowd, attributes };
}

function notRead(path: string, what: string): AppError {
  return new AppError('format-unsupported', `import: ${path} holds COCO ${what}, which are not read`, { file: path });
}

function imageOf(record: Readonly<Record<string, unknown>>): CocoImage {
  const { file_name, width, height } = record;
  if (typeof file_name !== 'string' || file_name.trim() === '') {
    throw new RecordProblem('bad-json', `file_name: expected the name of an image, got ${described(file_name)}`);
  }
  const side = (value: unknown, field: string) =>
    value === undefined || value === null ? null : numberOf(value, field);
  return { file_name, width: side(width, 'width'), height: side(height, 'height') };
}

function readImage(
  id: string | number,
  image: CocoImage,
  file: CocoFile,
  finder: ImageFinder,
  splitName: string | null,
): ImportItem {
  const where = `${file.path}: image ${id} (${image.file_name})`;
  const objects: SourceObject[] = [];
  const badObjects: BadObject[] = [];
  const labels = new Set<string>();
  try {
    const candidates = [finder.find(image.file_name, splitName)];
    for (const { at, value } of file.annotations.of(id)) {
      const place = `annotations[${at}]`;
      try {
        const className = classOf(value, file);
        if (file.hasObjects) objects.push(objectFrom(value, className, place, file.isNormalised));
        else labels.add(className);
      } catch (error) {
        if (!(error instanceof RecordProblem)) throw error;
        badObjects.push({ where: place, code: error.code, reason: error.message });
      }
    }
    const { width, height } = image;
    const item = { kind: 'image', where, url: image.file_name, candidates, splitName, repairs: [] } as const;
    const told = { labels: [...labels], objects: file.hasObjects ? objects : null, badObjects };
    return { ...item, ...told, claimed: { width, height } } satisfies ImageItem;
  } catch (error) {
    if (!(error instanceof RecordProblem)) throw error;
    return { kind: 'problem', where, code: error.code, reason: error.message };
  }
}

function classOf(value: Kept['value'], { classNames }: CocoFile): string {
  const id = idOf(value['category_id'], 'category_id');
  const name = classNames.get(id);
  if (name !== undefined) return name;
  throw new RecordProblem('bad-annotation', `category_id: ${id} is not among the categories`);
}

function objectFrom(value: Kept['value'], className: string, where: string, isNormalised: boolean): SourceObject {
  const box = value['bbox'] === undefined || value['bbox'] === null ? null : boxOf(value['bbox']);
  const outline = outlineOf(value['segmentation']);
  if (box === null && outline === null) {
    throw new RecordProblem('bad-annotation', 'expected a bbox or a segmentation, got none');
  }
  const shape = outline ?? ({ kind: 'box', xyxy: box! } as const);
  const area = value['area'] === undefined || value['area'] === null ? 0 : numberOf(value['area'], 'area');
  return {
    ...{ where, className, shape, unit: isNormalised ? 'fraction' : 'px', flags: flagsOf(value) },
    ...(outline !== null && box !== null ? { box } : {}),
    ...(area > 0 && !isNormalised ? { areaPx2: area } : {}),
  };
}

function boxOf(value: unknown): SourceObject['box'] & {} {
  if (!Array.isArray(value) || value.length !== 4) {
    throw new RecordProblem('bad-annotation', `bbox: expected [x, y, width, height], got ${described(value)}`);
  }
  const xywh = boxNumbers(value.map((number, i) => numberOf(number, `bbox[${i}]`)));
  if (xywh[2] < 0 || xywh[3] < 0) {
    throw new RecordProblem('bad-annotation', `bbox: expected a width and a height, got ${described(value)}`);
  }
  return xyxyFromXywh(xywh);
}

/** Null for none. Polygons are parts of one object, of which overlaps are no holes. */
function outlineOf(value: unknown): Shape | null {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return null;
  if (Array.isArray(value)) {
    const rings = value.map((ring, i) => ringOf(ring, `segmentation[${i}]`));
    return { kind: 'polygon', polygon: partsFromRings(rings) };
  }
  const { size, counts } = objectOf(value);
  if (!Array.isArray(size) || size.length !== 2) {
    throw new RecordProblem('bad-annotation', `segmentation.size: expected [height, width], got ${described(size)}`);
  }
  const [height, width] = size.map((side, i) => numberOf(side, `segmentation.size[${i}]`)) as [number, number];
  const runs = typeof counts === 'string' ? countsFromText(counts) : runsOf(counts);
  const pixels = runs?.reduce((sum, run) => sum + run, 0);
  if (runs === null || pixels !== width * height) {
    const message = `segmentation.counts: expected run lengths of ${width * height} pixels, got ${pixels ?? 'none'}`;
    throw new RecordProblem('bad-annotation', message);
  }
  return { kind: 'mask', mask: { width, height, counts: runs } };
}

function runsOf(value: unknown): number[] | null {
  if (!Array.isArray(value)) return null;
  return value.every((run) => Number.isInteger(run) && run >= 0) ? (value as number[]) : null;
}

function flagsOf(value: Kept['value']): SourceObject['flags'] & {} {
  const attributes = value['attributes'];
  const more = typeof attributes === 'object' && attributes !== null ? (attributes as Record<string, unknown>) : {};
  return {
    is_crowd: flagOf(value['iscrowd'], 'iscrowd'),
    ...('occluded' in more ? { is_occluded: flagOf(more['occluded'], 'attributes.occluded') } : {}),
    ...('truncated' in more ? { is_truncated: flagOf(more['truncated'], 'attributes.truncated') } : {}),
    ...('difficult' in more ? { is_difficult: flagOf(more['difficult'], 'attributes.difficult') } : {}),
  };
}

function idOf(value: unknown, field: string): string | number {
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw new RecordProblem('bad-json', `${field}: expected an id, got ${described(value)}`);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RecordProblem('bad-json', `expected an object, got ${described(value)}`);
}
