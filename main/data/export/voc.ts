/** Writes Pascal VOC: an XML file an image, lists of the splits, and masks of the objects where the task has outlines. */

import type { Size } from '../../../native-models/geometry/box.ts';
import { bitmapFromMask } from '../../../native-models/geometry/mask.ts';
import { shapeMask } from '../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../store/annotations.ts';
import {
  type DatasetWriter,
  decimal,
  type ExportContext,
  type ExportedImage,
  type ExportFormat,
  OBJECT_TASKS,
  stemOf,
} from './export-format.ts';
import { indexedPng } from './indexed-png.ts';
import { noteFlags } from './losses.ts';
import { escapeXml } from './xml-text.ts';

const LISTS = { train: 'train', validation: 'val', test: 'test' } as const;
/** Values of a mask besides the background and the border. */
const MOST_OBJECTS = 254;

export const vocExport: ExportFormat = { tasks: OBJECT_TASKS, open };

function open(context: ExportContext): DatasetWriter {
  const lists = new Map<string, string[]>();
  const hasMasks = context.task === 'image-instance-segmentation';
  return {
    add: (exported) => {
      const { image, name, annotations } = exported;
      const size = { width: image.width_px, height: image.height_px };
      const ordered = hasMasks ? writeMasks(annotations, size, stemOf(name), context) : annotations;
      for (const object of annotations)
        noteFlags(context.losses, object, ['is_difficult', 'is_occluded', 'is_truncated']);
      context.folder.write(`Annotations/${stemOf(name)}.xml`, xmlOf(exported, ordered, hasMasks));
      if (image.split !== null) {
        const list = LISTS[image.split];
        const stems = lists.get(list) ?? [];
        stems.push(stemOf(name));
        lists.set(list, stems);
      }
      return [`JPEGImages/${name}`];
    },
    end: () => {
      for (const [list, stems] of lists) context.folder.write(`ImageSets/Main/${list}.txt`, `${stems.join('\n')}\n`);
    },
  };
}

/** Objects in the order of their values; those of which no pixel is seen come last, and have none. */
function writeMasks(
  annotations: readonly Annotation[],
  size: Size,
  stem: string,
  { folder, losses }: ExportContext,
): readonly Annotation[] {
  const drawn = annotations.filter(({ shape }) => shape.kind !== 'box');
  if (drawn.length === 0) return annotations;
  if (drawn.length > MOST_OBJECTS) {
    losses.note(`objects lie in images of more than ${MOST_OBJECTS}, and are written as boxes`, drawn.length);
    return annotations;
  }
  losses.note('outlines are written as bitmaps', drawn.filter(({ shape }) => shape.kind === 'polygon').length);
  const owners = paint(drawn, size);
  const seen = drawn.filter((_, i) => owners.includes(i + 1));
  losses.note('objects are hidden by others, and are written as boxes', drawn.length - seen.length);
  const values = new Uint8Array(drawn.length + 1);
  for (const [i, object] of seen.entries()) values[drawn.indexOf(object) + 1] = i + 1;
  folder.write(
    `SegmentationObject/${stem}.png`,
    indexedPng(
      owners.map((owner) => values[owner]!),
      size,
    ),
  );
  return [...seen, ...annotations.filter((object) => !seen.includes(object))];
}

/** Who each pixel belongs to, from 1; where objects overlap, the last one. */
function paint(objects: readonly Annotation[], size: Size): Uint8Array {
  const owners = new Uint8Array(size.width * size.height);
  for (const [i, { shape }] of objects.entries()) {
    const bitmap = bitmapFromMask(shapeMask(shape, size));
    for (let at = 0; at < owners.length; at++) if (bitmap[at] === 1) owners[at] = i + 1;
  }
  return owners;
}

function xmlOf({ image, name }: ExportedImage, annotations: readonly Annotation[], hasMasks: boolean): string {
  const objects = annotations.map((object) => {
    const [xmin, ymin, xmax, ymax] = object.xyxy.map(decimal);
    const flag = (isSet: boolean) => (isSet ? 1 : 0);
    return [
      '  <object>',
      `    <name>${escapeXml(object.class_name)}</name>`,
      '    <pose>Unspecified</pose>',
      `    <truncated>${flag(object.is_truncated)}</truncated>`,
      `    <occluded>${flag(object.is_occluded)}</occluded>`,
      `    <difficult>${flag(object.is_difficult)}</difficult>`,
      `    <bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>`,
      '  </object>',
    ].join('\n');
  });
  return [
    '<annotation>',
    '  <folder>JPEGImages</folder>',
    `  <filename>${escapeXml(name)}</filename>`,
    `  <size><width>${image.width_px}</width><height>${image.height_px}</height><depth>3</depth></size>`,
    `  <segmented>${hasMasks ? 1 : 0}</segmented>`,
    ...objects,
    '</annotation>\n',
  ].join('\n');
}
