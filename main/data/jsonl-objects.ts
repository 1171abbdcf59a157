/**
 * The `label` of a JSON Lines record of detection or segmentation: boxes in fractions of the image, or outlines.
 * Source: product specification, sections 3.5 and 3.6; the seed's variants: a lone object, numbers and yes and no as text.
 */

import { boxNumbers } from '../../native-models/geometry/box.ts';
import { classNameOf, flagOf, numberOf, ringOf } from './field-values.ts';
import type { BadObject, SourceObject } from './import-items.ts';
import { described, RecordProblem } from './record-problem.ts';

export interface ReadObjects {
  readonly objects: readonly SourceObject[];
  readonly badObjects: readonly BadObject[];
  /** What was put right, in words. */
  readonly repairs: readonly string[];
}

const CORNERS = ['topX', 'topY', 'bottomX', 'bottomY'] as const;
/** Above this a coordinate is no fraction that was rounded badly, but pixels. */
const MOST_FRACTION = 1.5;

/** Errors: RecordProblem when the label as a whole is none. */
export function objectsOfValue(value: unknown): ReadObjects {
  const isLone = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isLone ? [value] : value;
  if (!Array.isArray(entries)) {
    throw new RecordProblem('bad-label', `label: expected a list of objects, got ${described(value)}`);
  }
  const objects: SourceObject[] = [];
  const badObjects: BadObject[] = [];
  const repairs = new Set<string>(isLone ? ['label: taken for a list of this one object'] : []);
  for (const [i, entry] of entries.entries()) {
    const where = isLone ? 'label' : `label[${i}]`;
    try {
      objects.push(toObject(entry, where, repairs));
    } catch (error) {
      if (!(error instanceof RecordProblem)) throw error;
      badObjects.push({ where, code: error.code, reason: error.message });
    }
  }
  return { objects, badObjects, repairs: [...repairs] };
}

function toObject(value: unknown, where: string, repairs: Set<string>): SourceObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RecordProblem('bad-label', `expected an object with label and coordinates, got ${described(value)}`);
  }
  const entry = value as Record<string, unknown>;
  const className = classNameOf(entry['label'], 'label');
  const flags = { is_crowd: flagOf(entry['isCrowd'], 'isCrowd') };
  if (typeof entry['isCrowd'] === 'string') repairs.add('isCrowd: given as text');
  const shape =
    entry['polygon'] === undefined ? boxOf(entry, repairs, where) : ({ kind: 'rings', rings: ringsOf(entry) } as const);
  return { where, className, shape, unit: 'fraction', flags };
}

function boxOf(entry: Readonly<Record<string, unknown>>, repairs: Set<string>, where: string): SourceObject['shape'] {
  const missing = CORNERS.filter((name) => entry[name] === undefined);
  if (missing.length > 0) {
    const wanted = missing.length === CORNERS.length ? 'topX, topY, bottomX, bottomY or a polygon' : missing.join(', ');
    throw new RecordProblem('bad-annotation', `expected ${wanted}, got none`);
  }
  const xyxy = boxNumbers(CORNERS.map((name) => fraction(entry[name], name)));
  if (CORNERS.some((name) => typeof entry[name] === 'string')) repairs.add('coordinates: given as text');
  if (xyxy[0] > xyxy[2] || xyxy[1] > xyxy[3]) repairs.add(`${where}: corners put in order`);
  return { kind: 'box', xyxy };
}

function ringsOf(entry: Readonly<Record<string, unknown>>): number[][] {
  const polygon = entry['polygon'];
  if (!Array.isArray(polygon) || polygon.length === 0) {
    throw new RecordProblem('bad-annotation', `polygon: expected a list of outlines, got ${described(polygon)}`);
  }
  return polygon.map((ring, i) => {
    const numbers = ringOf(ring, `polygon[${i}]`);
    for (const [j, number] of numbers.entries()) fraction(number, `polygon[${i}][${j}]`);
    return numbers;
  });
}

function fraction(value: unknown, field: string): number {
  const number = numberOf(value, field);
  if (Math.abs(number) <= MOST_FRACTION) return number;
  throw new RecordProblem('bad-annotation', `${field}: expected a fraction of the image from 0 to 1, got ${number}`);
}
