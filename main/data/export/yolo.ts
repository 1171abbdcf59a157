/** Writes YOLO text labels with their data.yaml: boxes, or outlines where the task has them. */

import { stringify } from 'yaml';
import { cxcywhFromXyxy, type Size, toFractions, type Xyxy } from '../../../native-models/geometry/box.ts';
import type { Annotation } from '../../store/annotations.ts';
import {
  type DatasetWriter,
  type ExportContext,
  type ExportFormat,
  OBJECT_TASKS,
  splitFolder,
  stemOf,
} from './export-format.ts';
import { noteFlags } from './losses.ts';
import { polygonOf, singleRings } from './outlines.ts';

const SPLIT_KEYS = { train: 'train', validation: 'val', test: 'test' } as const;
/** A ten-thousandth of a pixel in pictures of a million pixels a side. */
const DECIMALS = 10;

export const yoloExport: ExportFormat = { tasks: OBJECT_TASKS, open };

function open(context: ExportContext): DatasetWriter {
  const ids = new Map(context.classes.map((name, i) => [name, i]));
  const splits = new Set<string>();
  return {
    add: ({ image, name, annotations }) => {
      const split = splitFolder(image.split);
      splits.add(split);
      const size = { width: image.width_px, height: image.height_px };
      const lines = annotations.flatMap((object) => linesOf(object, size, ids.get(object.class_name)!, context));
      context.folder.write(`labels/${split}/${stemOf(name)}.txt`, lines.map((line) => `${line}\n`).join(''));
      return [`images/${split}/${name}`];
    },
    end: () => {
      const places = Object.entries(SPLIT_KEYS).filter(([split]) => splits.has(split));
      const names = Object.fromEntries(context.classes.entries());
      const paths = Object.fromEntries(places.map(([split, key]) => [key, `images/${split}`]));
      context.folder.write('data.yaml', stringify({ path: '.', ...paths, names }));
    },
  };
}

function linesOf(object: Annotation, size: Size, id: number, { task, losses }: ExportContext): string[] {
  noteFlags(losses, object, []);
  if (task === 'image-object-detection' || object.shape.kind === 'box')
    return [line(id, boxNumbers(object.xyxy, size))];
  const rings = singleRings(polygonOf(object.shape, size, losses), losses);
  return rings.map((ring) =>
    line(
      id,
      ring.map((value, i) => value / (i % 2 === 0 ? size.width : size.height)),
    ),
  );
}

const boxNumbers = (xyxy: Xyxy, size: Size): readonly number[] => cxcywhFromXyxy(toFractions(xyxy, size));

const line = (id: number, numbers: readonly number[]): string =>
  [id, ...numbers.map((number) => Number(number.toFixed(DECIMALS)))].join(' ');
