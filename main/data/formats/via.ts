/**
 * Reads the VGG Image Annotator's JSON: a project, or its annotations alone, with regions in pixels.
 * Source: https://www.robots.ox.ac.uk/~vgg/software/via/docs/ (annotation format of VIA 1 and 2).
 */

import { xyxyFromXywh } from '../../../native-models/geometry/box.ts';
import { partsFromRings, type Ring } from '../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import { ANNOTATION_FLAGS, flagWord } from '../../../preload/contract/annotation-flags.ts';
import { ringOfCircle } from '../circle.ts';
import { classNameOf, flagOf, numberOf } from '../field-values.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject } from '../import-items.ts';
import { described, parseObject, RecordProblem } from '../record-problem.ts';
import { splitNameOf } from '../split-names.ts';
import { attempt, attemptEach } from './attempt.ts';
import type { FormatReader, ReadSource } from './format.ts';
import { jsonFilesOf } from './json-kind.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Attributes that hold a class, the likeliest first; else the first one that is text. */
const CLASS_ATTRIBUTES = ['label', 'class', 'name', 'type', 'category', 'object'];

export const via: FormatReader = {
  format: 'via',
  recognises: async (tree) => (await jsonFilesOf(tree, 'via')).length > 0,
  read,
};

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const finder = await source.finder();
  for (const path of await jsonFilesOf(source.tree, 'via')) {
    const file = source.tree.absolute(path);
    const record = parseObject(await source.tree.text(path));
    const entries = fieldsOf(record['_via_img_metadata'] ?? record, '_via_img_metadata');
    const splitName = splitNameOf(path);
    for (const [key, value] of Object.entries(entries)) {
      const where = `${file}: ${key}`;
      yield await attempt(where, () => readImage(fieldsOf(value, key), where, splitName, finder));
    }
  }
}

function readImage(entry: Fields, where: string, splitName: string | null, finder: ImageFinder): ImageItem {
  const url = entry['filename'];
  if (typeof url !== 'string' || url === '') {
    throw new RecordProblem('bad-json', `filename: expected the name of an image, got ${described(url)}`);
  }
  const regions = entry['regions'] ?? [];
  if (typeof regions !== 'object') {
    throw new RecordProblem('bad-json', `regions: expected a list of regions, got ${described(regions)}`);
  }
  const badObjects: BadObject[] = [];
  const objects = attemptEach(
    Object.entries(regions as object),
    ([i]) => `regions[${i}]`,
    badObjects,
    ([, region], place) => toObject(fieldsOf(region, 'region'), place),
  );
  const attributes = entry['file_attributes'];
  const labels = attributes === undefined ? null : classIn(fieldsOf(attributes, 'file_attributes'));
  return {
    ...{ kind: 'image', where, url, candidates: [finder.find(url, splitName)], splitName, objects, badObjects },
    ...{ labels: labels === null ? [] : [labels], claimed: { width: null, height: null }, repairs: [] },
  };
}

function toObject(region: Fields, where: string): SourceObject {
  const attributes = fieldsOf(region['region_attributes'] ?? {}, 'region_attributes');
  const className = classNameOf(classIn(attributes) ?? undefined, 'region_attributes');
  const shape = shapeOf(fieldsOf(region['shape_attributes'], 'shape_attributes'));
  const flags = Object.fromEntries(
    ANNOTATION_FLAGS.flatMap((flag) => {
      const name = flagWord(flag);
      return name in attributes ? [[flag, flagOf(attributes[name], name)]] : [];
    }),
  );
  return { where, className, shape, unit: 'px', flags };
}

/** A text, or the one of several options that is set. */
function classIn(attributes: Fields): string | null {
  const flags = ANNOTATION_FLAGS.map(flagWord);
  const names = Object.keys(attributes).filter((name) => !flags.includes(name));
  const ordered = [...CLASS_ATTRIBUTES.filter((name) => names.includes(name)), ...names];
  for (const name of ordered) {
    const value = attributes[name];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value !== 'object' || value === null) continue;
    const set = Object.entries(value).find(([, isSet]) => isSet === true);
    if (set !== undefined) return set[0];
  }
  return null;
}

function shapeOf(shape: Fields): Shape {
  const at = (name: string) => numberOf(shape[name], name);
  switch (shape['name']) {
    case 'rect':
      return { kind: 'box', xyxy: xyxyFromXywh([at('x'), at('y'), at('width'), at('height')]) };
    case 'polygon':
      return polygonOf(ringFrom(shape['all_points_x'], shape['all_points_y']));
    case 'circle':
      return polygonOf(ringOfCircle([at('cx'), at('cy')], at('r')));
    case 'ellipse': {
      const angle = shape['theta'] === undefined ? 0 : at('theta');
      return polygonOf(ringOfCircle([at('cx'), at('cy')], at('rx'), at('ry'), angle));
    }
    default: {
      const got = described(shape['name']);
      throw new RecordProblem('bad-annotation', `name: expected rect, polygon, circle or ellipse, got ${got}`);
    }
  }
}

const polygonOf = (ring: Ring): Shape => ({ kind: 'polygon', polygon: partsFromRings([ring]) });

function ringFrom(xs: unknown, ys: unknown): number[] {
  if (!Array.isArray(xs) || !Array.isArray(ys) || xs.length !== ys.length) {
    const message = `all_points_x, all_points_y: expected two lists of one length, got ${described(xs)} and ${described(ys)}`;
    throw new RecordProblem('bad-annotation', message);
  }
  return xs.flatMap((x, i) => [numberOf(x, `all_points_x[${i}]`), numberOf(ys[i], `all_points_y[${i}]`)]);
}

function fieldsOf(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new RecordProblem('bad-json', `${field}: expected an object, got ${described(value)}`);
}
