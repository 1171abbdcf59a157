/**
 * Reads labelme: a JSON file an image, with shapes in pixels and, often, the picture itself.
 * Source: https://github.com/wkentaro/labelme (documented fields of its files); shapes of one group and label are parts of one
 * object.
 */

import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Xyxy } from '../../../native-models/geometry/box.ts';
import { partsFromRings, type Ring } from '../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import { ANNOTATION_FLAGS, flagWord } from '../../../preload/contract/annotation-flags.ts';
import { ringOfCircle } from '../circle.ts';
import { classNameOf, flagOf, numberOf } from '../field-values.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject } from '../import-items.ts';
import { described, parseObject, RecordProblem } from '../record-problem.ts';
import { splitOfName } from '../split-names.ts';
import { attempt, attemptEach } from './attempt.ts';
import type { FormatReader, ReadSource } from './format.ts';
import { jsonFilesOf } from './json-kind.ts';

type Fields = Readonly<Record<string, unknown>>;

export const labelme: FormatReader = {
  format: 'labelme',
  recognises: async (tree) => (await jsonFilesOf(tree, 'labelme')).length > 0,
  read,
};

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const finder = await source.finder();
  for (const path of await jsonFilesOf(source.tree, 'labelme')) {
    yield await attempt(source.tree.absolute(path), () => readImage(path, source, finder));
  }
}

async function readImage(path: string, source: ReadSource, finder: ImageFinder): Promise<ImageItem> {
  const record = parseObject(await source.tree.text(path));
  const shapes = record['shapes'];
  if (!Array.isArray(shapes)) {
    throw new RecordProblem('bad-json', `shapes: expected a list of shapes, got ${described(shapes)}`);
  }
  const folders = path.split('/').slice(0, -1);
  const name =
    typeof record['imagePath'] === 'string' ? record['imagePath'] : `${path.slice(0, path.lastIndexOf('.'))}`;
  const candidates = [pictureOf(name, record['imageData'], folders.at(-1) ?? null, source, finder)];
  const badObjects: BadObject[] = [];
  const entries = shapes.entries();
  const objects = attemptEach(
    entries,
    ([i]) => `shapes[${i}]`,
    badObjects,
    ([, shape], where) => ({ object: toObject(fieldsOf(shape), where), group: (shape as Fields)['group_id'] ?? null }),
  );
  const claimed = { width: sideOf(record['imageWidth']), height: sideOf(record['imageHeight']) };
  const splitName = folders.findLast((folder) => splitOfName(folder) !== null) ?? null;
  return {
    ...{ kind: 'image', where: source.tree.absolute(path), url: name.replaceAll('\\', '/'), candidates, splitName },
    ...{ labels: labelsOf(record['flags']), objects: joined(objects), badObjects, claimed, repairs: [] },
  };
}

/** The file that is named, else the picture that lies in the JSON, put aside. */
function pictureOf(
  name: string,
  data: unknown,
  folder: string | null,
  { scratch }: ReadSource,
  finder: ImageFinder,
): string {
  try {
    return finder.find(name, folder);
  } catch (error) {
    if (!(error instanceof RecordProblem) || typeof data !== 'string' || data === '') throw error;
    const bytes = Buffer.from(data, 'base64');
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).replace(/[^\w.-]/g, '_');
    const file = join(scratch, `${digest}-${last}`);
    if (!existsSync(file)) writeFileSync(file, bytes);
    return file;
  }
}

function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new RecordProblem('bad-annotation', `expected a shape, got ${described(value)}`);
}

function toObject(shape: Fields, where: string): SourceObject {
  const className = classNameOf(shape['label'], 'label');
  const points = pointsOf(shape['points']);
  const told = typeof shape['flags'] === 'object' && shape['flags'] !== null ? (shape['flags'] as Fields) : {};
  const flags = Object.fromEntries(
    ANNOTATION_FLAGS.map((flag) => [flag, flagOf(told[flagWord(flag)], `flags.${flagWord(flag)}`)]),
  );
  return { where, className, shape: shapeOf(shape['shape_type'] ?? 'polygon', points), unit: 'px', flags };
}

type Points = readonly (readonly [x: number, y: number])[];

function pointsOf(value: unknown): Points {
  if (!Array.isArray(value)) {
    throw new RecordProblem('bad-annotation', `points: expected a list of points, got ${described(value)}`);
  }
  return value.map((point, i) => {
    if (!Array.isArray(point) || point.length < 2) {
      throw new RecordProblem('bad-annotation', `points[${i}]: expected [x, y], got ${described(point)}`);
    }
    return [numberOf(point[0], `points[${i}][0]`), numberOf(point[1], `points[${i}][1]`)];
  });
}

function shapeOf(type: unknown, points: Points): Shape {
  const [first, second] = points;
  if (type === 'polygon') return polygonOf(points.flat());
  if (type === 'rectangle' && first && second && points.length === 2) {
    const xyxy: Xyxy = [...first, ...second];
    return { kind: 'box', xyxy };
  }
  if (type === 'rectangle' && points.length === 4) return polygonOf(points.flat());
  if (type === 'circle' && first && second) {
    return polygonOf(ringOfCircle(first, Math.hypot(second[0] - first[0], second[1] - first[1])));
  }
  throw new RecordProblem(
    'bad-annotation',
    `shape_type: expected a polygon, rectangle or circle, got ${described(type)}`,
  );
}

const polygonOf = (ring: Ring): Shape => ({ kind: 'polygon', polygon: partsFromRings([ring]) });

/** Polygons of one label and one group are one object. */
function joined(entries: readonly { readonly object: SourceObject; readonly group: unknown }[]): SourceObject[] {
  const objects: SourceObject[] = [];
  const places = new Map<string, number>();
  for (const { object, group } of entries) {
    const key = `${object.className}\n${String(group)}`;
    const at = group === null || object.shape.kind !== 'polygon' ? undefined : places.get(key);
    const known = at === undefined ? undefined : objects[at]!.shape;
    if (known?.kind === 'polygon' && object.shape.kind === 'polygon') {
      const polygon = [...known.polygon, ...object.shape.polygon];
      objects[at!] = { ...objects[at!]!, shape: { kind: 'polygon', polygon } };
      continue;
    }
    if (object.shape.kind === 'polygon') places.set(key, objects.length);
    objects.push(object);
  }
  return objects;
}

/** Flags of the image that are set are classes of it. */
function labelsOf(flags: unknown): string[] {
  if (typeof flags !== 'object' || flags === null) return [];
  return Object.entries(flags).flatMap(([name, value]) => (value === true ? [name] : []));
}

const sideOf = (value: unknown): number | null =>
  Number.isInteger(value) && (value as number) > 0 ? (value as number) : null;
