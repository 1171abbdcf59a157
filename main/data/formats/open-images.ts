/**
 * Reads the CSV files of Open Images: boxes and masks in fractions of the picture, classes by their codes, and for tasks of
 * whole images the labels that people verified.
 * Source: https://storage.googleapis.com/openimages/web/download_v7.html (data formats).
 */

import { boxNumbers } from '../../../native-models/geometry/box.ts';
import { readCsv } from '../csv.ts';
import { numberOf } from '../field-values.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject, SourceShape } from '../import-items.ts';
import { RecordProblem } from '../record-problem.ts';
import { Scattered } from '../scattered.ts';
import type { SourceTree } from '../source-tree.ts';
import { splitNameOf } from '../split-names.ts';
import { attempt, attemptEach } from './attempt.ts';
import type { FormatReader, ReadSource } from './format.ts';

type Kind = 'boxes' | 'masks' | 'labels';
type Fields = Readonly<Record<string, string>>;

interface Row {
  readonly file: string;
  readonly line: number;
  readonly split: string | null;
  readonly fields: Fields;
}

const DESCRIPTIONS = /class-descriptions[^/]*\.csv$/i;
const MASK_FOLDER = /(^|\/)[^/]*masks?[^/]*\//i;
const HEADERS: Readonly<Record<Kind, RegExp>> = {
  boxes: /^ImageID,(.*,)?LabelName,(.*,)?XMin,XMax,YMin,YMax/,
  masks: /^MaskPath,ImageID,LabelName/,
  labels: /^ImageID,(.*,)?LabelName,Confidence\s*$/,
};

export const openImages: FormatReader = {
  format: 'openimages',
  recognises: async (tree) =>
    (await Promise.all((['boxes', 'masks', 'labels'] as const).map((kind) => filesOf(tree, kind)))).flat().length > 0,
  read,
};

async function filesOf(tree: SourceTree, kind: Kind): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of (await tree.named()).filter((path) => path.toLowerCase().endsWith('.csv'))) {
    if (HEADERS[kind].test((await tree.head(path, 512)).split(/\r?\n/)[0]!)) found.push(path);
  }
  return found;
}

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const { tree } = source;
  const finder = await source.finder({ without: MASK_FOLDER });
  const names = await classNames(tree);
  const kind = await kindFor(source);
  const masks = new Map(
    (await tree.files()).filter((path) => MASK_FOLDER.test(path)).map((path) => [lastOf(path), path]),
  );
  const rows = new Scattered<Row>(source.scratch, 'open-images.jsonl');
  try {
    for (const path of await filesOf(tree, kind)) yield* gather(path, tree, rows);
    for (const id of rows.keys()) {
      const own = rows.of(id);
      const where = `${own[0]!.file}:${own[0]!.line}`;
      const shapeOf = (fields: Fields) => (kind === 'masks' ? planeOf(fields, masks, tree) : null);
      yield await attempt(where, () => readImage(String(id), own, { where, kind, names, shapeOf, finder }));
    }
  } finally {
    rows.close();
  }
}

/** Labels for whole images, masks for outlines where there are any, else boxes. */
async function kindFor({ tree, task, labelling }: ReadSource): Promise<Kind> {
  if (labelling !== null) return 'labels';
  return task === 'image-instance-segmentation' && (await filesOf(tree, 'masks')).length > 0 ? 'masks' : 'boxes';
}

/** Names by code, from a file with or without a header. */
async function classNames(tree: SourceTree): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const path of (await tree.files()).filter((file) => DESCRIPTIONS.test(file))) {
    for await (const record of readCsv(tree.absolute(path))) {
      if ('problem' in record || record.fields[0] === 'LabelName') continue;
      names.set(record.fields[0]!, record.fields[1]!);
    }
  }
  return names;
}

async function* gather(
  path: string,
  tree: SourceTree,
  rows: Scattered<Row>,
): AsyncGenerator<ImportItem, void, undefined> {
  const file = tree.absolute(path);
  const split = splitNameOf(path);
  let header: readonly string[] | null = null;
  for await (const record of readCsv(file)) {
    const where = `${file}:${record.number}`;
    if ('problem' in record) yield { kind: 'problem', where, code: 'bad-csv', reason: record.problem };
    else if (header === null) header = record.fields;
    else if (record.fields.length < header.length) {
      const reason = `expected ${header.length} columns as in the header, got ${record.fields.length}`;
      yield { kind: 'problem', where, code: 'bad-csv', reason };
    } else {
      const fields = Object.fromEntries(header.map((name, i) => [name, record.fields[i]!]));
      rows.add(fields['ImageID']!, { file, line: record.number, split, fields });
    }
  }
}

interface RowContext {
  readonly where: string;
  readonly kind: Kind;
  readonly names: ReadonlyMap<string, string>;
  readonly shapeOf: (fields: Fields) => SourceShape | null;
  readonly finder: ImageFinder;
}

function readImage(id: string, rows: readonly Row[], { where, kind, names, shapeOf, finder }: RowContext): ImageItem {
  const splitName = rows[0]!.split;
  const found = finder.findRelative(id, splitName);
  const nameOf = (fields: Fields) => names.get(fields['LabelName']!) ?? fields['LabelName']!;
  const present = rows.filter(({ fields }) => kind !== 'labels' || Number(fields['Confidence']) > 0);
  const badObjects: BadObject[] = [];
  const objects = attemptEach(
    kind === 'labels' ? [] : present,
    ({ line }) => `line ${line}`,
    badObjects,
    ({ fields }, place) => toObject(fields, nameOf(fields), place, shapeOf(fields)),
  );
  const labels = kind === 'labels' ? [...new Set(present.map(({ fields }) => nameOf(fields)))] : [];
  return {
    ...{ kind: 'image', where, url: lastOf(found), candidates: [finder.absolute(found)], labels, splitName },
    ...{ objects: kind === 'labels' ? null : objects, badObjects, claimed: { width: null, height: null }, repairs: [] },
  };
}

function toObject(fields: Fields, className: string, where: string, mask: SourceShape | null): SourceObject {
  const prefix = mask === null ? '' : 'Box';
  const corners = ['XMin', 'YMin', 'XMax', 'YMax'].map((name) => numberOf(fields[prefix + name], prefix + name));
  const xyxy = boxNumbers(corners);
  const isSet = (name: string) => fields[name] === '1'; // -1 is unknown
  const flags = { is_occluded: isSet('IsOccluded'), is_truncated: isSet('IsTruncated'), is_crowd: isSet('IsGroupOf') };
  const common = { where, className, unit: 'fraction', flags } as const;
  return mask === null ? { ...common, shape: { kind: 'box', xyxy } } : { ...common, shape: mask, box: xyxy };
}

function planeOf(fields: Fields, masks: ReadonlyMap<string, string>, tree: SourceTree): SourceShape {
  const path = masks.get(fields['MaskPath']!);
  if (path !== undefined) return { kind: 'plane', file: tree.absolute(path), select: { rank: 0, of: 1 } };
  throw new RecordProblem('image-missing', `MaskPath: there is no ${fields['MaskPath']} below ${tree.root}`);
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
