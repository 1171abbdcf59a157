/**
 * Reads COCO's panoptic segmentation: a picture whose colours are segments, and JSON that says what each is. Stuff, which has
 * no single objects, comes in as one object a segment.
 * Source: https://cocodataset.org/#format-data, section 4.
 */

import { boxNumbers, xyxyFromXywh } from '../../../native-models/geometry/box.ts';
import { classNameOf, flagOf, numberOf } from '../field-values.ts';
import { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject } from '../import-items.ts';
import { readJsonItems } from '../json-items.ts';
import { described, parseObject, RecordProblem } from '../record-problem.ts';
import { Scattered } from '../scattered.ts';
import { splitNameOf } from '../split-names.ts';
import { attempt, attemptEach } from './attempt.ts';
import type { FormatReader, ReadSource } from './format.ts';
import { jsonFilesOf } from './json-kind.ts';

type Fields = Readonly<Record<string, unknown>>;

const PANOPTIC_FOLDER = /(^|\/)[^/]*panoptic[^/]*\//i;

export const panoptic: FormatReader = {
  format: 'panoptic',
  recognises: async (tree) => (await jsonFilesOf(tree, 'coco')).some((path) => /panoptic/i.test(path)),
  read,
};

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const all = await jsonFilesOf(source.tree, 'coco');
  const files = source.tree.file === null ? all.filter((path) => /panoptic/i.test(path)) : all;
  const finder = await source.finder({ without: PANOPTIC_FOLDER });
  const pictures = await ImageFinder.over(source.tree);
  for (const path of files) yield* readFile(path, source, finder, pictures);
}

async function* readFile(
  path: string,
  source: ReadSource,
  finder: ImageFinder,
  pictures: ImageFinder,
): AsyncGenerator<ImportItem, void, undefined> {
  const file = source.tree.absolute(path);
  const annotations = new Scattered<Fields>(source.scratch, `panoptic-${path.replaceAll('/', '-')}.jsonl`);
  const images: Fields[] = [];
  const names = new Map<unknown, string>();
  try {
    await readJsonItems(file, { keys: ['images', 'categories', 'annotations'] }, ({ key: list, index: key, value }) => {
      const record = parseObject(JSON.stringify(value));
      if (list === 'images') images.push(record);
      else if (list === 'categories') names.set(record['id'], classNameOf(record['name'], `categories[${key}].name`));
      else annotations.add(String(record['image_id']), record);
    });
    const split = splitNameOf(path);
    for (const image of images) {
      const where = `${file}: image ${image['id']}`;
      const own = annotations.of(String(image['id']));
      yield await attempt(where, () => readImage(image, own, { where, split, names, finder, pictures }));
    }
  } finally {
    annotations.close();
  }
}

interface ImageContext {
  readonly where: string;
  readonly split: string | null;
  readonly names: ReadonlyMap<unknown, string>;
  readonly finder: ImageFinder;
  readonly pictures: ImageFinder;
}

function readImage(image: Fields, annotations: readonly Fields[], context: ImageContext): ImageItem {
  const { where, split, names, finder, pictures } = context;
  const url = textOf(image['file_name'], 'file_name');
  const badObjects: BadObject[] = [];
  const objects = annotations.flatMap((annotation) => {
    const picture = pictures.find(
      `panoptic/${textOf(annotation['file_name'], 'annotations.file_name')}`,
      `panoptic_${split}`,
    );
    const segments = annotation['segments_info'];
    if (!Array.isArray(segments)) {
      throw new RecordProblem('bad-json', `segments_info: expected a list, got ${described(segments)}`);
    }
    const place = ([i]: [number, unknown]) => `segments_info[${i}]`;
    return attemptEach(segments.entries(), place, badObjects, ([, segment], at) =>
      toObject(segment as Fields, at, picture, names),
    );
  });
  const side = (value: unknown) => (typeof value === 'number' ? value : null);
  const claimed = { width: side(image['width']), height: side(image['height']) };
  const candidates = [finder.find(url, split)];
  return {
    kind: 'image',
    where,
    url,
    candidates,
    labels: [],
    objects,
    badObjects,
    splitName: split,
    claimed,
    repairs: [],
  };
}

function toObject(segment: Fields, where: string, file: string, names: ReadonlyMap<unknown, string>): SourceObject {
  const className = names.get(segment['category_id']);
  if (className === undefined) {
    const got = described(segment['category_id']);
    throw new RecordProblem('bad-annotation', `category_id: expected one of the categories, got ${got}`);
  }
  const shape = { kind: 'plane', file, select: { value: numberOf(segment['id'], 'id') } } as const;
  const bbox = segment['bbox'];
  const xywh = Array.isArray(bbox) && bbox.length === 4 ? bbox.map((side, i) => numberOf(side, `bbox[${i}]`)) : null;
  const box = xywh === null ? {} : { box: xyxyFromXywh(boxNumbers(xywh)) };
  return { where, className, shape, unit: 'px', ...box, flags: { is_crowd: flagOf(segment['iscrowd'], 'iscrowd') } };
}

function textOf(value: unknown, field: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new RecordProblem('bad-json', `${field}: expected a file's name, got ${described(value)}`);
}
