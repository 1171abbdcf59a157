/** Writes the annotations of the VGG Image Annotator, a file for each split. */

import { xywhFromXyxy } from '../../../native-models/geometry/box.ts';
import { ANNOTATION_FLAGS, flagWord } from '../../../preload/contract/annotation-flags.ts';
import type { Annotation } from '../../store/annotations.ts';
import type { ImageRow } from '../../store/images.ts';
import type { TextFile } from './export-folder.ts';
import {
  type DatasetWriter,
  type ExportContext,
  type ExportFormat,
  OBJECT_TASKS,
  splitFolder,
} from './export-format.ts';
import { polygonOf, singleRings } from './outlines.ts';

export const viaExport: ExportFormat = { tasks: OBJECT_TASKS, open };

function open(context: ExportContext): DatasetWriter {
  const files = new Map<string, TextFile>();
  return {
    add: ({ image, name, annotations }) => {
      const split = splitFolder(image.split);
      const begun = files.get(split);
      const file = begun ?? context.folder.file(`via_${split}.json`);
      files.set(split, file);
      const regions = annotations.flatMap((object) => regionsOf(object, image, context));
      const entry = { filename: name, size: image.size_bytes, regions, file_attributes: {} };
      file.add(
        `${begun === undefined ? '{' : ',\n'}${JSON.stringify(`${name}${image.size_bytes}`)}:${JSON.stringify(entry)}`,
      );
      return [`images/${split}/${name}`];
    },
    end: () => {
      for (const file of files.values()) file.add('}\n');
    },
  };
}

function regionsOf(object: Annotation, image: ImageRow, { task, losses }: ExportContext): object[] {
  const flags = Object.fromEntries(
    ANNOTATION_FLAGS.filter((flag) => object[flag]).map((flag) => [flagWord(flag), '1']),
  );
  const region_attributes = { label: object.class_name, ...flags };
  if (task === 'image-object-detection' || object.shape.kind === 'box') {
    const [x, y, width, height] = xywhFromXyxy(object.xyxy);
    return [{ shape_attributes: { name: 'rect', x, y, width, height }, region_attributes }];
  }
  const size = { width: image.width_px, height: image.height_px };
  return singleRings(polygonOf(object.shape, size, losses), losses).map((ring) => {
    const all_points_x = ring.filter((_, i) => i % 2 === 0);
    const all_points_y = ring.filter((_, i) => i % 2 === 1);
    return { shape_attributes: { name: 'polygon', all_points_x, all_points_y }, region_attributes };
  });
}
