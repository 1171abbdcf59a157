/** Objects that are values of a mask picture, made masks: the picture is read in a child, once for all its objects. */

import { AppError } from '../../preload/contract/errors.ts';
import type { ProbePool } from '../images/probe-pool.ts';
import type { ValuePlanes } from '../images/value-planes.ts';
import type { BadObject, ImageItem, PlaneShape, SourceObject } from './import-items.ts';

/** The border that VOC draws round objects, which belongs to none. */
const VOID_VALUE = 255;
const VOID_COLOUR = 224 + 256 * 224 + 65_536 * 192;

/** The item with masks in place of planes; an object without pixels is its box, or cannot be used. */
export async function resolvePlanes<Item extends ImageItem>(item: Item, pool: ProbePool): Promise<Item> {
  if (!item.objects?.some(({ shape }) => shape.kind === 'plane')) return item;
  const files = new Map<string, ValuePlanes | AppError>();
  const objects: SourceObject[] = [];
  const badObjects: BadObject[] = [...(item.badObjects ?? [])];
  const repairs: string[] = [...item.repairs];
  for (const object of item.objects) {
    const { shape, where } = object;
    if (shape.kind !== 'plane') {
      objects.push(object);
      continue;
    }
    const planes = files.get(shape.file) ?? (await readFile(shape.file, pool));
    files.set(shape.file, planes);
    if (planes instanceof AppError) {
      badObjects.push({ where, code: planes.code, reason: planes.message });
      continue;
    }
    const { width, height } = planes;
    const counts = countsOf(planes, shape);
    if (counts !== null) objects.push({ ...object, shape: { kind: 'mask', mask: { width, height, counts } } });
    else if (object.box !== undefined) {
      repairs.push(`${where}: has no pixels in ${shape.file}; kept as its box`);
      objects.push({ ...object, shape: { kind: 'box', xyxy: object.box } });
    } else badObjects.push({ where, code: 'bad-annotation', reason: `expected its pixels in ${shape.file}, got none` });
  }
  return { ...item, objects, badObjects, repairs };
}

async function readFile(file: string, pool: ProbePool): Promise<ValuePlanes | AppError> {
  try {
    return await pool.planes(file);
  } catch (error) {
    if (error instanceof AppError && error.code !== 'cancelled') return error;
    throw error;
  }
}

function countsOf(picture: ValuePlanes, { select }: PlaneShape): readonly number[] | null {
  if ('value' in select) return picture.planes.find(({ value }) => value === select.value)?.counts ?? null;
  const planes = picture.isColour ? inVocOrder(picture.planes) : picture.planes;
  const { of } = select;
  const isOfObject = ({ value }: Plane) => value >= 1 && value <= of;
  const isCounted = planes.some(isOfObject) && planes.every(({ value }) => value <= of || value === VOID_VALUE);
  if (isCounted) return planes.find(({ value }) => value === select.rank + 1)?.counts ?? null;
  const objects = planes.slice(1);
  const isVoid = objects.length > 1 && [VOID_VALUE, VOID_COLOUR].includes(objects.at(-1)!.value);
  return objects.slice(0, isVoid ? -1 : undefined)[select.rank]?.counts ?? null;
}

type Plane = ValuePlanes['planes'][number];

/** Places in VOC's palette in place of colours, ascending, where every colour is one of them. */
function inVocOrder(planes: readonly Plane[]): readonly Plane[] {
  const placed = planes.map(({ value, counts }) => ({ value: vocPlace(value), counts }));
  if (placed.some(({ value }) => value === null)) return planes;
  return (placed as Plane[]).sort((a, b) => a.value - b.value);
}

/**
 * The place of a colour in VOC's palette, or null: bits of the place go to red, green and blue in turn, highest bits first.
 * Source: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html, VOClabelcolormap.
 */
function vocPlace(colour: number): number | null {
  let place = 0;
  let left = colour;
  for (let bit = 0; bit < 8; bit++) {
    const mask = (0x80 >> Math.floor(bit / 3)) << (8 * (bit % 3));
    if ((colour & mask) !== 0) place |= 1 << bit;
    left &= ~mask;
  }
  return left === 0 ? place : null;
}
