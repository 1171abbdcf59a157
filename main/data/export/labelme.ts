/** Writes labelme: a JSON file beside each picture; parts of one object share a group. */

import { ANNOTATION_FLAGS, flagWord } from '../../../preload/contract/annotation-flags.ts';
import type { Annotation } from '../../store/annotations.ts';
import {
  type DatasetWriter,
  type ExportContext,
  type ExportFormat,
  OBJECT_TASKS,
  splitFolder,
  stemOf,
} from './export-format.ts';
import { polygonOf } from './outlines.ts';

export const labelmeExport: ExportFormat = { tasks: OBJECT_TASKS, open };

function open(context: ExportContext): DatasetWriter {
  return {
    add: ({ image, name, annotations }) => {
      const split = splitFolder(image.split);
      const size = { imageHeight: image.height_px, imageWidth: image.width_px };
      const shapes = annotations.flatMap((object, i) => shapesOf(object, i + 1, size, context));
      const record = { version: '5.0.0', flags: {}, shapes, imagePath: name, imageData: null, ...size };
      context.folder.write(`${split}/${stemOf(name)}.json`, `${JSON.stringify(record, null, 1)}\n`);
      return [`${split}/${name}`];
    },
    end: () => {},
  };
}

function shapesOf(
  object: Annotation,
  group: number,
  { imageHeight, imageWidth }: { readonly imageHeight: number; readonly imageWidth: number },
  { task, losses }: ExportContext,
): object[] {
  const flags = Object.fromEntries(
    ANNOTATION_FLAGS.filter((flag) => object[flag]).map((flag) => [flagWord(flag), true]),
  );
  const common = { label: object.class_name, flags };
  if (task === 'image-object-detection' || object.shape.kind === 'box') {
    const [x0, y0, x1, y1] = object.xyxy;
    const points = [
      [x0, y0],
      [x1, y1],
    ];
    return [{ ...common, points, group_id: null, shape_type: 'rectangle' }];
  }
  const polygon = polygonOf(object.shape, { width: imageWidth, height: imageHeight }, losses);
  losses.note(
    'holes are filled',
    polygon.reduce((count, { holes }) => count + holes.length, 0),
  );
  const group_id = polygon.length > 1 ? group : null;
  return polygon.map(({ outline }) => ({ ...common, points: pointsOf(outline), group_id, shape_type: 'polygon' }));
}

const pointsOf = (ring: readonly number[]): number[][] =>
  Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i]!, ring[2 * i + 1]!]);
