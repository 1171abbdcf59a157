/** Writes the XML of CVAT for images: boxes, polygons of one ring, and masks for all other shapes. */

import { bitmapFromMask, maskXyxy } from '../../../native-models/geometry/mask.ts';
import { shapeMask } from '../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../store/annotations.ts';
import type { ImageRow } from '../../store/images.ts';
import {
  type DatasetWriter,
  decimal,
  type ExportContext,
  type ExportFormat,
  OBJECT_TASKS,
  splitFolder,
} from './export-format.ts';
import { escapeXml } from './xml-text.ts';

const FLAGS = ['crowd', 'difficult', 'truncated'] as const;

export const cvatExport: ExportFormat = { tasks: OBJECT_TASKS, open };

function open(context: ExportContext): DatasetWriter {
  const file = context.folder.file('annotations.xml');
  file.add('<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n');
  return {
    add: ({ image, name, annotations }) => {
      const split = splitFolder(image.split);
      const subset = image.split === null ? '' : ` subset="${split}"`;
      const { id, width_px, height_px } = image;
      file.add(`  <image id="${id}" name="${escapeXml(name)}"${subset} width="${width_px}" height="${height_px}">\n`);
      for (const object of annotations) file.add(`${shapeXml(object, image, context)}\n`);
      file.add('  </image>\n');
      return [`images/${split}/${name}`];
    },
    end: () => file.add('</annotations>\n'),
  };
}

function shapeXml(object: Annotation, image: ImageRow, { task, losses }: ExportContext): string {
  const flags = FLAGS.filter((flag) => object[`is_${flag}`]);
  const attributes = flags.map((flag) => `<attribute name="${flag}">true</attribute>`).join('');
  const common = `label="${escapeXml(object.class_name)}" occluded="${object.is_occluded ? 1 : 0}" source="manual"`;
  const { shape } = object;
  if (task === 'image-object-detection' || shape.kind === 'box') {
    const [x0, y0, x1, y1] = object.xyxy.map(decimal);
    return `    <box ${common} xtl="${x0}" ytl="${y0}" xbr="${x1}" ybr="${y1}">${attributes}</box>`;
  }
  const [part] = shape.kind === 'polygon' ? shape.polygon : [];
  if (shape.kind === 'polygon' && shape.polygon.length === 1 && part!.holes.length === 0) {
    return `    <polygon ${common} points="${pointsOf(part!.outline)}">${attributes}</polygon>`;
  }
  if (shape.kind === 'polygon') losses.note('outlines with holes or several parts are written as bitmaps');
  return `    <mask ${common} ${maskAttributes(object, image)}>${attributes}</mask>`;
}

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
