/**
 * Entries of COCO's files: images, categories and annotations of a truth, results of a detector.
 * Source: https://cocodataset.org/#format-data and #format-results.
 */

import type { Xywh } from '../../native-models/geometry/box.ts';
import { type CocoShape, readShape } from './coco-shape.ts';
import { described, RecordProblem } from './record-problem.ts';

export type CocoId = number | string;

export interface CocoImage {
  readonly id: CocoId;
  /** Null where the file doesn't say. */
  readonly width: number | null;
  readonly height: number | null;
}

export interface CocoCategory {
  readonly id: CocoId;
  readonly name: string;
}

/** What truths and detections have in common; a box, a shape, or both. */
export interface CocoObject {
  readonly image: CocoId;
  readonly category: CocoId;
  readonly xywh: Xywh | null;
  readonly shape: CocoShape | null;
}

export interface CocoAnnotation extends CocoObject {
  readonly area: number | null;
  readonly isCrowd: boolean;
}

export interface CocoResult extends CocoObject {
  readonly score: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Errors of all: RecordProblem, naming the field. */
export function readImage(value: unknown): CocoImage {
  const fields = fieldsOf(value);
  return { id: idIn(fields, 'id'), width: sideIn(fields, 'width'), height: sideIn(fields, 'height') };
}

export function readCategory(value: unknown): CocoCategory {
  const fields = fieldsOf(value);
  const { name } = fields;
  if (typeof name !== 'string' || name === '') throw wrong('name', 'the name of a class', name);
  return { id: idIn(fields, 'id'), name };
}

/** Shapes are read where `withShapes` asks for them or there is no box. */
export function readAnnotation(value: unknown, withShapes: boolean): CocoAnnotation {
  const fields = fieldsOf(value);
  const { area, iscrowd } = fields;
  if (area !== undefined && !(typeof area === 'number' && area >= 0)) throw wrong('area', 'a number from 0', area);
  const isCrowd = iscrowd === 1 || iscrowd === true;
  if (!isCrowd && iscrowd !== undefined && iscrowd !== 0 && iscrowd !== false)
    throw wrong('iscrowd', '0 or 1', iscrowd);
  return { ...objectIn(fields, withShapes), area: area ?? null, isCrowd };
}

export function readResult(value: unknown, withShapes: boolean): CocoResult {
  const fields = fieldsOf(value);
  const { score } = fields;
  if (typeof score !== 'number' || !Number.isFinite(score)) throw wrong('score', 'a number', score);
  return { ...objectIn(fields, withShapes), score };
}

function objectIn(fields: Fields, withShapes: boolean): CocoObject {
  const { bbox, segmentation } = fields;
  const hasBox = bbox !== undefined && bbox !== null && !(Array.isArray(bbox) && bbox.length === 0);
  const hasShape = segmentation !== undefined && segmentation !== null && !isEmptyList(segmentation);
  if (!hasBox && !hasShape) throw wrong('bbox', 'x, y, width and height, or a segmentation', bbox);
  return {
    image: idIn(fields, 'image_id'),
    category: idIn(fields, 'category_id'),
    xywh: hasBox ? boxIn(bbox) : null,
    shape: hasShape && (withShapes || !hasBox) ? readShape(segmentation) : null,
  };
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

function boxIn(value: unknown): Xywh {
  const isBox = Array.isArray(value) && value.length === 4 && value.every((side) => typeof side === 'number');
  if (!isBox) throw wrong('bbox', 'four numbers, x, y, width and height', value);
  const [x, y, width, height] = value as [number, number, number, number];
  if (!value.every(Number.isFinite) || width < 0 || height < 0) throw wrong('bbox', 'width and height from 0', value);
  return [x, y, width, height];
}

function idIn(fields: Fields, name: string): CocoId {
  const value = fields[name];
  if (typeof value === 'string' || Number.isSafeInteger(value)) return value as CocoId;
  throw wrong(name, 'a whole number or a text', value);
}

/** Larger pictures there are none. */
const LARGEST_SIDE_PX = 100_000;

function sideIn(fields: Fields, name: string): number | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LARGEST_SIDE_PX) return value as number;
  throw wrong(name, `a whole number from 1 to ${LARGEST_SIDE_PX}`, value);
}

function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new RecordProblem('bad-predictions', `expected an object, got ${described(value)}`);
}

function wrong(field: string, expected: string, got: unknown): RecordProblem {
  return new RecordProblem('bad-predictions', `${field}: expected ${expected}, got ${described(got)}`);
}
