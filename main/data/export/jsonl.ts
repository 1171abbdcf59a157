/**
 * Writes the JSON Lines of the four tasks, a file for each split.
 * Source: product specification, sections 3.2 to 3.7: fractions of the image, `difficult` said as `isCrowd`, bitmaps as outlines.
 */

import { type Size, toFractions } from '../../../native-models/geometry/box.ts';
import type { Annotation } from '../../store/annotations.ts';
import type { TextFile } from './export-folder.ts';
import { ALL_TASKS, type DatasetWriter, type ExportContext, type ExportFormat, splitFolder } from './export-format.ts';
import { noteFlags } from './losses.ts';
import { evenOddRings, polygonOf } from './outlines.ts';

export const jsonlExport: ExportFormat = { tasks: ALL_TASKS, open };

function open(context: ExportContext): DatasetWriter {
  const files = new Map<string, TextFile>();
  return {
    add: ({ image, name, labels, annotations }) => {
      const split = splitFolder(image.split);
      const file = files.get(split) ?? context.folder.file(`${split}.jsonl`);
      files.set(split, file);
      const path = `images/${split}/${name}`;
      const size = { width: image.width_px, height: image.height_px };
      const image_details = { format: name.slice(name.lastIndexOf('.') + 1).toLowerCase(), ...size };
      file.add(
        `${JSON.stringify({ image_url: path, image_details, label: labelOf(context, labels, annotations, size) })}\n`,
      );
      return [path];
    },
    end: () => {},
  };
}

function labelOf(
  context: ExportContext,
  labels: readonly string[],
  annotations: readonly Annotation[],
  size: Size,
): unknown {
  if (context.task === 'image-classification') return labels[0];
  if (context.task === 'image-classification-multilabel') return labels;
  const isOutline = context.task === 'image-instance-segmentation';
  return annotations.map((object) => (isOutline ? outlineOf(object, size, context) : boxOf(object, size, context)));
}

function boxOf(object: Annotation, size: Size, { losses }: ExportContext): object {
  const [topX, topY, bottomX, bottomY] = toFractions(object.xyxy, size);
  return { label: object.class_name, topX, topY, bottomX, bottomY, isCrowd: crowdOf(object, losses) };
}

function outlineOf(object: Annotation, size: Size, { losses }: ExportContext): object {
  const rings = evenOddRings(polygonOf(object.shape, size, losses), size, losses);
  if (object.shape.kind === 'box') losses.note('boxes are written as outlines');
  const polygon = rings.map((ring) => ring.map((value, i) => value / (i % 2 === 0 ? size.width : size.height)));
  return { label: object.class_name, isCrowd: crowdOf(object, losses), polygon };
}

function crowdOf(object: Annotation, losses: ExportContext['losses']): 0 | 1 {
  if (object.is_difficult && !object.is_crowd)
    losses.note('difficult objects are written as crowds, as the format has it');
  noteFlags(losses, object, ['is_crowd', 'is_difficult']);
  return object.is_crowd || object.is_difficult ? 1 : 0;
}
