/**
 * Objects of a source as the project keeps them, once the picture is known: in pixels of the upright picture, inside it,
 * with an area. What cannot be kept is told with its reason, what had to be changed is said.
 */

import { boxArea, clipBox, type Size, sortCorners, toPixels, type Xyxy } from '../../native-models/geometry/box.ts';
import { clipPolygon } from '../../native-models/geometry/clip-polygon.ts';
import { bitmapFromMask, combineMasks, type Mask } from '../../native-models/geometry/mask.ts';
import { outlinesOf } from '../../native-models/geometry/outlines.ts';
import {
  MIN_RING_NUMBERS,
  mapCorners,
  nestRings,
  type Polygon,
  polygonArea,
  type Ring,
  tidyRing,
} from '../../native-models/geometry/polygon.ts';
import { maskFromPolygon, maskFromRing } from '../../native-models/geometry/rasterise.ts';
import { type Shape, shapeArea, shapeXyxy } from '../../native-models/geometry/shape.ts';
import { NO_FLAGS } from '../../preload/contract/annotation-flags.ts';
import type { NewAnnotation } from '../store/annotations.ts';
import type { BadObject, ImageItem, SourceObject, SourceTrack } from './import-items.ts';
import { RecordProblem } from './record-problem.ts';
import { storedSize, type Turn, turnedMask, turnedPoint } from './stored-picture.ts';

/** An object with the track that its source says it is of. */
export interface SettledObject extends Omit<NewAnnotation, 'track'> {
  readonly track?: SourceTrack;
}

export interface SettledObjects {
  readonly annotations: readonly SettledObject[];
  readonly skipped: readonly BadObject[];
  readonly repairs: readonly string[];
}

/** A coordinate this far outside was inside before it was rounded. Units: image pixels. */
const ROUNDING_PX = 0.01;

/** The objects of a picture of that size, which lies in its file turned as `turn` says. */
export function settleObjects(item: ImageItem, size: Size, turn: Turn): SettledObjects {
  const annotations: SettledObject[] = [];
  const skipped: BadObject[] = [...(item.badObjects ?? [])];
  const repairs: string[] = [];
  const stored = storedSize(size, turn);
  const isAsStored = isClaimed(item.claimed, stored) && !isClaimed(item.claimed, size);
  if (isAsStored && (item.objects?.length ?? 0) > 0) {
    repairs.push('objects are of the picture as it lies in the file; turned upright with it');
  }
  for (const object of item.objects ?? []) {
    try {
      const shape = toShape(object, isAsStored ? stored : size);
      const upright = isAsStored ? turned(shape, stored, turn) : shape;
      const kept = insideOf(upright, size, (text) => repairs.push(`${object.where}: ${text}`));
      const area = object.areaPx2 === undefined || kept !== upright ? {} : { area_px2: object.areaPx2 };
      const told = { ...object.flags, ...area, ...trackOf(object) };
      annotations.push({ ...NO_FLAGS, ...told, class_name: object.className, shape: kept });
    } catch (error) {
      if (!(error instanceof RecordProblem)) throw error;
      skipped.push({ where: object.where, code: error.code, reason: error.message });
    }
  }
  return { annotations, skipped, repairs };
}

/** What no person has set between key frames is known by its source. */
function trackOf({ track }: SourceObject): Pick<SettledObject, 'track' | 'source'> {
  if (track === undefined) return {};
  return { track, ...(track.role === 'between' ? { source: 'interpolated' } : {}) };
}

function isClaimed({ width, height }: ImageItem['claimed'], size: Size): boolean {
  return width === size.width && height === size.height;
}

/** In pixels, corners in order, rings without repeated corners. Errors: RecordProblem. */
function toShape({ shape, unit }: SourceObject, size: Size): Shape {
  switch (shape.kind) {
    case 'box':
      return { kind: 'box', xyxy: sortCorners(unit === 'px' ? shape.xyxy : toPixels(shape.xyxy, size)) };
    case 'mask':
      if (shape.mask.width !== size.width || shape.mask.height !== size.height) {
        const message = `the mask is ${shape.mask.width} x ${shape.mask.height}, the image ${size.width} x ${size.height}`;
        throw new RecordProblem('bad-annotation', message);
      }
      return shape;
    case 'polygon':
      return { kind: 'polygon', polygon: tidy(unit === 'px' ? shape.polygon : scaled(shape.polygon, size)) };
    case 'plane':
      throw new Error(`the pixels of ${shape.file} were not read`); // a bug: they are, before objects are settled
    case 'rings': {
      const rings = shape.rings.map((ring) => (unit === 'px' ? ring : scaledRing(ring, size)));
      return { kind: 'polygon', polygon: evenOdd(tidyRings(rings), size) };
    }
  }
}

const scaledRing = (ring: Ring, { width, height }: Size): Ring =>
  ring.map((value, i) => value * (i % 2 === 0 ? width : height));

const scaled = (polygon: Polygon, { width, height }: Size): Polygon =>
  mapCorners(polygon, (x, y) => [x * width, y * height]);

function tidyRings(rings: readonly Ring[]): Ring[] {
  return rings.map(tidyRing).filter((ring) => ring.length >= MIN_RING_NUMBERS);
}

function tidy(polygon: Polygon): Polygon {
  const parts = polygon.map(({ outline, holes }) => ({ outline: tidyRing(outline), holes: tidyRings(holes) }));
  return parts.filter(({ outline }) => outline.length >= MIN_RING_NUMBERS);
}

/**
 * Rings inside rings become holes. Rings that cross are told apart pixel by pixel, since what lies in both is in neither,
 * which a polygon of parts does not say.
 * Source: product specification, section 3.6 (exclusive or of overlapping outlines).
 */
function evenOdd(rings: readonly Ring[], size: Size): Polygon {
  const nested = nestRings(rings);
  if (nested.length < 2) return nested;
  const masks = rings.map((ring) => maskFromRing(ring, size));
  const empty: Mask = { ...size, counts: [size.width * size.height] };
  const exact = masks.reduce((sum, mask) => combineMasks(sum, mask, (a, b) => a !== b), empty);
  if (isSameMask(exact, maskFromPolygon(nested, size))) return nested;
  return nestRings(outlinesOf(bitmapFromMask(exact), size));
}

function isSameMask(a: Mask, b: Mask): boolean {
  return combineMasks(a, b, (x, y) => x !== y).counts.length < 2;
}

function turned(shape: Shape, stored: Size, turn: Turn): Shape {
  switch (shape.kind) {
    case 'box': {
      const [x0, y0, x1, y1] = shape.xyxy;
      const corners: Xyxy = [...turnedPoint(x0, y0, stored, turn), ...turnedPoint(x1, y1, stored, turn)];
      return { kind: 'box', xyxy: sortCorners(corners) };
    }
    case 'polygon':
      return { kind: 'polygon', polygon: mapCorners(shape.polygon, (x, y) => turnedPoint(x, y, stored, turn)) };
    case 'mask':
      return { kind: 'mask', mask: turnedMask(shape.mask, turn) };
  }
}

/** The part of a shape inside the image, the very shape where nothing had to be cut. Errors: RecordProblem. */
function insideOf(shape: Shape, size: Size, onRepair: (text: string) => void): Shape {
  if (shape.kind === 'polygon' && shape.polygon.length === 0) {
    throw new RecordProblem('bad-annotation', 'expected an outline with at least three corners, got none');
  }
  const [x0, y0, x1, y1] = shapeXyxy(shape);
  if (!(shapeArea(shape) > 0 && x1 > x0 && y1 > y0)) {
    throw new RecordProblem('bad-annotation', `expected a shape with an area, got ${described(shape)}`);
  }
  const overhang = Math.max(-x0, -y0, x1 - size.width, y1 - size.height);
  if (overhang <= 0) return shape;
  const cut = clipped(shape, size);
  if (cut === null) {
    const message = `${described(shape)} lies outside the image of ${size.width} x ${size.height}`;
    throw new RecordProblem('bad-annotation', message);
  }
  if (overhang > ROUNDING_PX) onRepair(`reached ${rounded(overhang)} px beyond the image; cut at its border`);
  return cut;
}

function clipped(shape: Shape, size: Size): Shape | null {
  if (shape.kind === 'box') {
    const xyxy = clipBox(shape.xyxy, size);
    return boxArea(xyxy) > 0 ? { kind: 'box', xyxy } : null;
  }
  if (shape.kind === 'mask') return shape;
  const polygon = clipPolygon(shape.polygon, size);
  return polygon.length > 0 && polygonArea(polygon) > 0 ? { kind: 'polygon', polygon } : null;
}

function described(shape: Shape): string {
  if (shape.kind === 'mask') return 'an empty mask';
  const [x0, y0, x1, y1] = shapeXyxy(shape).map(rounded);
  return `${shape.kind} from (${x0}, ${y0}) to (${x1}, ${y1})`;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
