/** Writes CSV: a row for each box, or for each image its classes. */

import { ANNOTATION_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import { isClassification } from '../../../preload/contract/tasks.ts';
import type { Annotation } from '../../store/annotations.ts';
import type { TextFile } from './export-folder.ts';
import {
  ALL_TASKS,
  type DatasetWriter,
  decimal,
  type ExportContext,
  type ExportFormat,
  splitFolder,
} from './export-format.ts';

const BOX_COLUMNS = [
  'filename',
  'split',
  'width',
  'height',
  'class',
  'xmin',
  'ymin',
  'xmax',
  'ymax',
  ...ANNOTATION_FLAGS,
];

export const csvExport: ExportFormat = {
  tasks: ALL_TASKS,
  open: (context) => (isClassification(context.task) ? openLabels(context) : openBoxes(context)),
};

function openBoxes({ folder, losses, task }: ExportContext): DatasetWriter {
  const file = folder.file('boxes.csv');
  file.add(row(BOX_COLUMNS));
  return {
    add: ({ image, name, annotations }) => {
      const split = splitFolder(image.split);
      const common = [name, image.split ?? '', String(image.width_px), String(image.height_px)];
      if (annotations.length === 0) file.add(row([...common, ...BOX_COLUMNS.slice(common.length).map(() => '')]));
      for (const object of annotations) file.add(row([...common, ...boxCells(object)]));
      const outlines = task === 'image-object-detection' ? [] : annotations.filter(({ shape }) => shape.kind !== 'box');
      losses.note('outlines are written as their boxes', outlines.length);
      return [`images/${split}/${name}`];
    },
    end: () => {},
  };
}

const boxCells = (object: Annotation): string[] => [
  object.class_name,
  ...object.xyxy.map(decimal),
  ...ANNOTATION_FLAGS.map((flag) => (object[flag] ? '1' : '0')),
];

/** A file for each split, in its folder beside the pictures; one without a split lies at the top. */
function openLabels({ folder, classes, task }: ExportContext): DatasetWriter {
  const files = new Map<string, TextFile>();
  const isOne = task === 'image-classification';
  return {
    add: ({ image, name, labels }) => {
      const place = image.split === null ? '' : `${image.split}/`;
      const known = files.get(place);
      const file = known ?? folder.file(`${place}labels.csv`);
      files.set(place, file);
      if (known === undefined) file.add(row(isOne ? ['filename', 'label'] : ['filename', ...classes]));
      file.add(row([name, ...(isOne ? labels : classes.map((label) => (labels.includes(label) ? '1' : '0')))]));
      return [image.split === null ? `images/${name}` : `${place}${name}`];
    },
    end: () => {},
  };
}

const row = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\n`;

const quoted = (cell: string): string => (/[",\r\n;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
