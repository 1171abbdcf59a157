/** Writes the boxes of Open Images, a CSV file for each split, in fractions of the image. */

import { toFractions } from '../../../native-models/geometry/box.ts';
import type { TextFile } from './export-folder.ts';
import {
  type DatasetWriter,
  type ExportContext,
  type ExportFormat,
  OBJECT_TASKS,
  splitFolder,
  stemOf,
} from './export-format.ts';
import { noteFlags } from './losses.ts';

const HEADER =
  'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n';

export const openImagesExport: ExportFormat = { tasks: OBJECT_TASKS, open };

function open({ folder, classes, losses, task }: ExportContext): DatasetWriter {
  const files = new Map<string, TextFile>();
  const codes = new Map(classes.map((name, i) => [name, `/m/${String(i).padStart(5, '0')}`]));
  return {
    add: ({ image, name, annotations }) => {
      const split = splitFolder(image.split);
      const file = files.get(split) ?? folder.file(`annotations/${split}-annotations-bbox.csv`);
      if (!files.has(split)) file.add(HEADER);
      files.set(split, file);
      const size = { width: image.width_px, height: image.height_px };
      for (const object of annotations) {
        noteFlags(losses, object, ['is_occluded', 'is_truncated', 'is_crowd']);
        if (task !== 'image-object-detection' && object.shape.kind !== 'box')
          losses.note('outlines are written as their boxes');
        const [x0, y0, x1, y1] = toFractions(object.xyxy, size);
        const flags = [object.is_occluded, object.is_truncated, object.is_crowd].map((isSet) => (isSet ? 1 : 0));
        file.add(
          `${csvCell(stemOf(name))},lightbench,${codes.get(object.class_name)},1,${x0},${x1},${y0},${y1},${flags.join()},0,0\n`,
        );
      }
      if (annotations.length === 0) losses.note('images without objects are not listed');
      return [`images/${split}/${name}`];
    },
    end: () => {
      const rows = classes.map((name) => `${codes.get(name)},${csvCell(name)}\n`);
      folder.write('annotations/class-descriptions.csv', `LabelName,DisplayName\n${rows.join('')}`);
    },
  };
}

const csvCell = (text: string): string => (/[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
