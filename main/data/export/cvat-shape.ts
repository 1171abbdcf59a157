/** Objects as elements of CVAT's XML: boxes, polygons of one ring, and masks for all other shapes. */

import { bitmapFromMask, maskXyxy } from '../../../native-models/geometry/mask.ts';
import { shapeMask } from '../../../native-models/geometry/shape.ts';
import { flagWord } from '../../../preload/contract/annotation-flags.ts';
import type { Annotation } from '../../store/annotations.ts';
import type { ImageRow } from '../../store/images.ts';
import { ATTRIBUTE_FLAGS } from '../formats/cvat-shapes.ts';
import { decimal, type ExportContext } from './export-format.ts';

export interface CvatShape {
  readonly name: 'box' | 'polygon' | 'mask';
  /** Attributes that say where it is. */
  readonly place: string;
  /** What lies in the element: the flags. */
  readonly content: string;
}

export function cvatShape(object: Annotation, image: ImageRow, { task, losses }: ExportContext): CvatShape {
  const flags = ATTRIBUTE_FLAGS.filter((flag) => object[flag]);
  const content = flags.map((flag) => `<attribute name="${flagWord(flag)}">true</attribute>`).join('');
  const { shape } = object;
  if (task === 'image-object-detection' || shape.kind === 'box') {
    const [x0, y0, x1, y1] = object.xyxy.map(decimal);
    return { name: 'box', place: `xtl="${x0}" ytl="${y0}" xbr="${x1}" ybr="${y1}"`, content };
  }
  const [part] = shape.kind === 'polygon' ? shape.polygon : [];
  if (shape.kind === 'polygon' && shape.polygon.length === 1 && part!.holes.length === 0) {
    return { name: 'polygon', place: `points="${pointsOf(part!.outline)}"`, content };
  }
  if (shape.kind === 'polygon') losses.note('outlines with holes or several parts are written as bitmaps');
  return { name: 'mask', place: maskAttributes(object, image), content };
}

/** An element, with the attributes that come before those of its place. */
export const elementOf = ({ name, place, content }: CvatShape, attributes: string): string =>
  `    <${name} ${attributes} ${place}>${content}</${name}>\n`;

const pointsOf = (ring: readonly number[]): string =>
  Array.from({ length: ring.length / 2 }, (_, i) => `${decimal(ring[2 * i]!)},${decimal(ring[2 * i + 1]!)}`).join(';');

/** Run lengths row by row inside the mask's box, zeros first. */
function maskAttributes({ shape }: Annotation, image: ImageRow): string {
  const mask = shapeMask(shape, { width: image.width_px, height: image.height_px });
  const [left, top, right, bottom] = maskXyxy(mask);
  const bitmap = bitmapFromMask(mask);
  const runs: number[] = [0];
  let isSet = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const value = bitmap[y * mask.width + x]!;
      if (value !== isSet) runs.push(0);
      isSet = value;
      runs[runs.length - 1]! += 1;
    }
  }
  return `rle="${runs.join(', ')}" left="${left}" top="${top}" width="${right - left}" height="${bottom - top}"`;
}
