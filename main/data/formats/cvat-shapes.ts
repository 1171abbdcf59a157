/** Objects of CVAT's XML: boxes, polygons, ellipses and masks, with what it says of them besides. */

import type { Xyxy } from '../../../native-models/geometry/box.ts';
import { maskFromBitmap } from '../../../native-models/geometry/mask.ts';
import { mapCorners, partsFromRings, ringOfBox } from '../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import { ANNOTATION_FLAGS, type AnnotationFlag, flagWord } from '../../../preload/contract/annotation-flags.ts';
import { MAX_PIXELS } from '../../images/format.ts';
import { ringOfCircle } from '../circle.ts';
import { classNameOf, flagOf, numberOf } from '../field-values.ts';
import type { ImageItem, SourceObject } from '../import-items.ts';
import type { Losses } from '../losses.ts';
import { described, RecordProblem } from '../record-problem.ts';
import type { XmlElement } from '../xml.ts';

export const SHAPES: ReadonlySet<string> = new Set([
  ...['box', 'polygon', 'ellipse', 'mask', 'polyline', 'points', 'cuboid', 'skeleton'],
]);
/** Those that CVAT has no word of its own for: attributes, in files that are written here. */
export const ATTRIBUTE_FLAGS: readonly AnnotationFlag[] = ANNOTATION_FLAGS.filter((flag) => flag !== 'is_occluded');
const FLAG_ATTRIBUTES: ReadonlySet<string> = new Set(ATTRIBUTE_FLAGS.map(flagWord));

/** Notes what CVAT says of an element that becomes an object, and a project does not keep: attributes, groups and an order. */
export function noteUnkept(losses: Losses, { attributes, children }: XmlElement): void {
  for (const { name, attributes: named } of children) {
    const attribute = named['name'] ?? '';
    if (name === 'attribute' && !FLAG_ATTRIBUTES.has(attribute))
      losses.note(`values of the attribute "${attribute}" are not kept`);
  }
  if (isSet(attributes['group_id'])) losses.note('memberships of groups are not kept');
  if (isSet(attributes['z_order'])) losses.note('places in an order of drawing (z_order) are not kept');
}

const isSet = (text: string | undefined): boolean => text !== undefined && text !== '' && Number(text) !== 0;

/** Errors: RecordProblem. */
export function toObject(
  element: XmlElement,
  label: string | undefined,
  where: string,
  size: ImageItem['claimed'],
): SourceObject {
  const { attributes } = element;
  const flags: Record<string, boolean> = { is_occluded: flagOf(attributes['occluded'], 'occluded') };
  for (const { attributes: named, text, name } of element.children) {
    const flag = name === 'attribute' ? (named['name'] ?? '') : '';
    if (FLAG_ATTRIBUTES.has(flag)) flags[`is_${flag}`] = flagOf(text, flag);
  }
  return { where, className: classNameOf(label, 'label'), shape: shapeOf(element, size), unit: 'px', flags };
}

function shapeOf({ name, attributes }: XmlElement, size: ImageItem['claimed']): Shape {
  const at = (field: string) => numberOf(attributes[field], field);
  const angleRad = attributes['rotation'] === undefined ? 0 : (at('rotation') * Math.PI) / 180;
  switch (name) {
    case 'box': {
      const xyxy = [at('xtl'), at('ytl'), at('xbr'), at('ybr')] as const;
      return angleRad === 0 ? { kind: 'box', xyxy } : turnedBox(xyxy, angleRad);
    }
    case 'polygon':
      return { kind: 'polygon', polygon: partsFromRings([ringFrom(attributes['points'])]) };
    case 'ellipse':
      return {
        kind: 'polygon',
        polygon: partsFromRings([ringOfCircle([at('cx'), at('cy')], at('rx'), at('ry'), angleRad)]),
      };
    case 'mask':
      return maskOf(attributes['rle'] ?? '', [at('left'), at('top'), at('width'), at('height')], size);
    default:
      throw new RecordProblem('bad-annotation', `expected a box, polygon, ellipse or mask, got a ${name}`);
  }
}

/** About its middle, clockwise on the screen. */
function turnedBox(xyxy: Xyxy, angleRad: number): Shape {
  const [x0, y0, x1, y1] = xyxy;
  const [cx, cy, cos, sin] = [(x0 + x1) / 2, (y0 + y1) / 2, Math.cos(angleRad), Math.sin(angleRad)];
  const turn = (x: number, y: number): [number, number] => [
    cx + (x - cx) * cos - (y - cy) * sin,
    cy + (x - cx) * sin + (y - cy) * cos,
  ];
  return { kind: 'polygon', polygon: mapCorners(partsFromRings([ringOfBox(xyxy)]), turn) };
}

function ringFrom(text: string | undefined): number[] {
  const points = (text ?? '').split(';').filter((point) => point.trim() !== '');
  return points.flatMap((point, i) => {
    const pair = point.split(',');
    if (pair.length !== 2)
      throw new RecordProblem('bad-annotation', `points[${i}]: expected x,y, got ${described(point)}`);
    return pair.map((value) => numberOf(value, `points[${i}]`));
  });
}

/** Run lengths row by row inside a box, zeros first. */
function maskOf(
  rle: string,
  [left, top, width, height]: readonly [number, number, number, number],
  size: ImageItem['claimed'],
): Shape {
  if (size.width === null || size.height === null) {
    throw new RecordProblem('bad-annotation', 'expected width and height of the image beside a mask, got none');
  }
  const runs = rle.split(',').map((run, i) => numberOf(run, `rle[${i}]`));
  if (runs.some((run) => run < 0) || runs.reduce((sum, run) => sum + run, 0) !== width * height) {
    throw new RecordProblem('bad-annotation', `rle: expected run lengths of ${width} x ${height} pixels`);
  }
  if (left < 0 || top < 0 || left + width > size.width || top + height > size.height) {
    throw new RecordProblem(
      'bad-annotation',
      `mask of ${width} x ${height} at (${left}, ${top}) is not inside the image`,
    );
  }
  if (size.width * size.height > MAX_PIXELS)
    throw new RecordProblem('bad-annotation', 'the image is too large for a mask');
  const bitmap = new Uint8Array(size.width * size.height);
  let at = 0;
  for (const [i, run] of runs.entries()) {
    for (const end = at + run; at < end; at++) {
      if (i % 2 === 1) bitmap[(top + Math.floor(at / width)) * size.width + left + (at % width)] = 1;
    }
  }
  return { kind: 'mask', mask: maskFromBitmap(bitmap, { width: size.width, height: size.height }) };
}

/** A side of a picture; null for what is none. */
export function sideOf(value: string | undefined): number | null {
  const side = Number(value);
  return Number.isInteger(side) && side > 0 ? side : null;
}
