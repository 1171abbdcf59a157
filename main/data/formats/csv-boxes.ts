/**
 * Reads a CSV file with a row for each box, its columns named by the header in any of the usual ways; rows of one image may
 * lie anywhere. A row without coordinates says of its image that it has no object.
 */

import { boxNumbers, xyxyFromXywh } from '../../../native-models/geometry/box.ts';
import { ANNOTATION_FLAGS, type AnnotationFlag } from '../../../preload/contract/annotation-flags.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import { readCsv } from '../csv.ts';
import { FILE_COLUMNS } from '../csv-layout.ts';
import { classNameOf, flagOf, numberOf } from '../field-values.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject } from '../import-items.ts';
import { RecordProblem, shown } from '../record-problem.ts';
import { Scattered } from '../scattered.ts';
import { splitNameOf } from '../split-names.ts';
import { attempt, attemptEach } from './attempt.ts';
import type { ReadSource } from './format.ts';

/** Names of the four columns of a box, and what they hold. */
const BOX_COLUMNS: readonly (readonly [names: readonly string[], form: 'xyxy' | 'xywh'])[] = [
  [['xmin', 'ymin', 'xmax', 'ymax'], 'xyxy'],
  [['x_min', 'y_min', 'x_max', 'y_max'], 'xyxy'],
  [['x1', 'y1', 'x2', 'y2'], 'xyxy'],
  [['left', 'top', 'right', 'bottom'], 'xyxy'],
  [['topx', 'topy', 'bottomx', 'bottomy'], 'xyxy'],
  [['x1', 'y1', 'w', 'h'], 'xywh'],
  [['x', 'y', 'w', 'h'], 'xywh'],
  [['x', 'y', 'width', 'height'], 'xywh'],
  [['bbox_x', 'bbox_y', 'bbox_width', 'bbox_height'], 'xywh'],
];
const CLASS_COLUMNS = ['class', 'label', 'label_name', 'class_name', 'cell_type', 'category', 'name', 'type'];
/** Below this every number of a file is taken for a fraction, as of COCO's boxes. */
const FRACTIONS_BELOW = 1.5;

interface BoxLayout {
  readonly columns: number;
  readonly file: number;
  readonly className: number;
  /** One column with four numbers, or four. */
  readonly box: readonly number[];
  readonly form: 'xyxy' | 'xywh';
  readonly width: number;
  readonly height: number;
  readonly split: number;
  readonly flags: readonly (readonly [name: AnnotationFlag, column: number])[];
}

interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

/** The layout that a header names, or null where it has no boxes. */
export function boxLayout(header: readonly string[]): BoxLayout | null {
  const names = header.map((name) => name.trim().toLowerCase());
  const at = (wanted: readonly string[]) => wanted.map((name) => names.indexOf(name)).find((i) => i >= 0) ?? -1;
  const found = BOX_COLUMNS.find(([columns]) => columns.every((name) => names.includes(name)));
  const single = at(['bbox', 'box']);
  if (found === undefined && single < 0) return null;
  const box = found === undefined ? [single] : found[0].map((name) => names.indexOf(name));
  const free = names.map((name, i) => (box.includes(i) ? '' : name));
  const file = at(FILE_COLUMNS.filter((name) => free.includes(name)));
  const className = at(CLASS_COLUMNS.filter((name) => free.includes(name) && names.indexOf(name) !== file));
  if (file < 0 || className < 0) return null;
  return {
    ...{ columns: header.length, file, className, box, form: found?.[1] ?? 'xyxy' },
    ...{ width: free.indexOf('width'), height: free.indexOf('height'), split: at(['split', 'subset', 'set']) },
    flags: ANNOTATION_FLAGS.flatMap((name) => (names.includes(name) ? [[name, names.indexOf(name)] as const] : [])),
  };
}

/** Errors: file-missing, file-unreadable; bad-argument when the header names no boxes. */
export async function* readCsvBoxes(
  relative: string,
  source: ReadSource,
  finder: ImageFinder,
): AsyncGenerator<ImportItem, void, undefined> {
  const file = source.tree.absolute(relative);
  const rows = new Scattered<Row>(source.scratch, `csv-${relative.replaceAll('/', '-')}.jsonl`);
  try {
    let layout: BoxLayout | null = null;
    let most = 0;
    for await (const record of readCsv(file)) {
      const where = `${file}:${record.number}`;
      if ('problem' in record) yield { kind: 'problem', where, code: 'bad-csv', reason: record.problem };
      else if (layout === null) layout = layoutOf(record.fields, file);
      else if (record.fields.length !== layout.columns) {
        const reason = `expected ${layout.columns} columns as in the header, got ${record.fields.length}`;
        yield { kind: 'problem', where, code: 'bad-csv', reason };
      } else {
        const { number: line, fields } = record;
        for (const text of boxTexts(fields, layout)) most = Math.max(most, Number(text) || 0);
        rows.add(fields[layout.file]!.trim(), { line, fields });
      }
    }
    if (layout === null) return;
    const unit = most > 0 && most < FRACTIONS_BELOW ? 'fraction' : 'px';
    if (unit === 'fraction') {
      yield { kind: 'repair', text: `${file}: no box has a number of ${FRACTIONS_BELOW} or more; taken for fractions` };
    }
    for (const name of rows.keys()) {
      const own = rows.of(name);
      const where = `${file}:${own[0]!.line}`;
      yield await attempt(where, () =>
        readImage(String(name), own, { where, layout: layout!, unit, relative, finder }),
      );
    }
  } finally {
    rows.close();
  }
}

function layoutOf(header: readonly string[], file: string): BoxLayout {
  const layout = boxLayout(header);
  if (layout !== null) return layout;
  const message = `${file}:1: expected columns of an image, a class and a box (xmin, ymin, xmax, ymax or x, y, width, height), the header has ${shown(header.join(', '))}`;
  throw new AppError('bad-argument', message, { file, line: 1 });
}

function boxTexts(fields: readonly string[], { box }: BoxLayout): string[] {
  const texts = box.map((column) => fields[column]!.trim());
  return texts.length === 1 ? texts[0]!.replace(/^[[(]|[\])]$/g, '').split(/[\s,;]+/) : texts;
}

interface RowContext {
  readonly where: string;
  readonly layout: BoxLayout;
  readonly unit: 'px' | 'fraction';
  readonly relative: string;
  readonly finder: ImageFinder;
}

function readImage(
  url: string,
  rows: readonly Row[],
  { where, layout, unit, relative, finder }: RowContext,
): ImageItem {
  const [first] = rows;
  const told = layout.split < 0 ? '' : first!.fields[layout.split]!.trim();
  const splitName = told !== '' ? told : splitNameOf(relative);
  const candidates = [finder.find(url, splitName)];
  const badObjects: BadObject[] = [];
  const withBox = rows.filter(({ fields }) => boxTexts(fields, layout).some((text) => text !== ''));
  const objects = attemptEach(
    withBox,
    ({ line }) => `line ${line}`,
    badObjects,
    ({ fields }, place) => toObject(fields, place, layout, unit),
  );
  const side = (column: number) => (column < 0 ? null : Number(first!.fields[column]) || null);
  const claimed = { width: side(layout.width), height: side(layout.height) };
  return { kind: 'image', where, url, candidates, labels: [], objects, badObjects, splitName, claimed, repairs: [] };
}

function toObject(fields: readonly string[], where: string, layout: BoxLayout, unit: 'px' | 'fraction'): SourceObject {
  const texts = boxTexts(fields, layout);
  if (texts.length !== 4) {
    throw new RecordProblem('bad-annotation', `expected four numbers of a box, got "${shown(texts.join(' '))}"`);
  }
  const numbers = boxNumbers(texts.map((text, i) => numberOf(text, `number ${i + 1} of the box`)));
  const xyxy = layout.form === 'xyxy' ? numbers : xyxyFromXywh(numbers);
  const flags = Object.fromEntries(
    layout.flags.map(([name, column]) => [name, flagOf(fields[column]!.trim() || null, name)]),
  );
  return {
    where,
    className: classNameOf(fields[layout.className], 'class'),
    shape: { kind: 'box', xyxy },
    unit,
    flags,
  };
}
