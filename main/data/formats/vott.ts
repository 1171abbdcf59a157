/**
 * Reads the JSON of VoTT 2: an export with all of its images, or a file an image as the tool keeps them. A region with several
 * tags is an object of each.
 * Source: https://github.com/microsoft/VoTT, src/models/applicationState.ts (IAssetMetadata, IRegion, AssetState, RegionType).
 */

import { xyxyFromXywh } from '../../../native-models/geometry/box.ts';
import { partsFromRings } from '../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import { classNameOf, numberOf } from '../field-values.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject } from '../import-items.ts';
import { described, parseObject, RecordProblem } from '../record-problem.ts';
import { splitNameOf } from '../split-names.ts';
import { attempt, attemptEach } from './attempt.ts';
import type { FormatReader, ReadSource } from './format.ts';
import { jsonFilesOf } from './json-kind.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Nobody has opened the image in the tool. */
const NOT_VISITED = 0;

export const vott: FormatReader = {
  format: 'vott',
  recognises: async (tree) => (await jsonFilesOf(tree, 'vott')).length > 0,
  read,
};

/** Where a file holds an export; a file of one image where it holds none. */
interface VottFile {
  readonly path: string;
  readonly assets: readonly (readonly [key: string, value: unknown])[];
  readonly isExport: boolean;
}

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const finder = await source.finder();
  const files: VottFile[] = [];
  for (const path of await jsonFilesOf(source.tree, 'vott')) {
    const place = source.tree.absolute(path);
    const file = await attemptFile(place, async () => toFile(path, parseObject(await source.tree.text(path))));
    if ('kind' in file) yield file;
    else files.push(file);
  }
  const hasExport = files.some(({ isExport }) => isExport);
  const left = files.filter(({ isExport }) => hasExport && !isExport);
  if (left.length > 0)
    yield { kind: 'warning', text: `${left.length} files of single images were not read beside the export` };
  let unvisited = 0;
  for (const { path, assets } of files.filter((file) => !left.includes(file))) {
    for (const [key, value] of assets) {
      const where = `${source.tree.absolute(path)}: ${key}`;
      if (isUnvisited(value)) unvisited += 1;
      else yield await attempt(where, () => readImage(fieldsOf(value, key), where, splitNameOf(path), finder));
    }
  }
  if (unvisited > 0) yield { kind: 'warning', text: `${unvisited} images were never opened in VoTT: left out` };
}

async function attemptFile(where: string, open: () => Promise<VottFile>): Promise<VottFile | ImportItem> {
  try {
    return await open();
  } catch (error) {
    const isOwn = error instanceof RecordProblem || error instanceof AppError;
    if (!isOwn) throw error;
    return { kind: 'problem', where, code: error.code, reason: error.message };
  }
}

function toFile(path: string, record: Fields): VottFile {
  if (record['asset'] !== undefined) return { path, assets: [['asset', record]], isExport: false };
  return { path, assets: Object.entries(fieldsOf(record['assets'], 'assets')), isExport: true };
}

function isUnvisited(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { asset, regions } = value as { asset?: { state?: unknown }; regions?: unknown };
  return asset?.state === NOT_VISITED && Array.isArray(regions) && regions.length === 0;
}

function readImage(entry: Fields, where: string, splitName: string | null, finder: ImageFinder): ImageItem {
  const asset = fieldsOf(entry['asset'], 'asset');
  const url = asset['name'];
  if (typeof url !== 'string' || url === '') {
    throw new RecordProblem('bad-json', `asset.name: expected the name of an image, got ${described(url)}`);
  }
  const regions = entry['regions'];
  if (!Array.isArray(regions)) {
    throw new RecordProblem('bad-json', `regions: expected a list of regions, got ${described(regions)}`);
  }
  const badObjects: BadObject[] = [];
  const objects = attemptEach(
    regions.entries(),
    ([i]) => `regions[${i}]`,
    badObjects,
    ([, region], place) => toObjects(fieldsOf(region, 'region'), place),
  ).flat();
  const size = fieldsOf(asset['size'] ?? {}, 'asset.size');
  const claimed = { width: sideOf(size['width']), height: sideOf(size['height']) };
  return {
    ...{ kind: 'image', where, url, candidates: [finder.find(decoded(url), splitName)], splitName },
    ...{ labels: [], objects, badObjects, claimed, repairs: [] },
  };
}

function toObjects(region: Fields, where: string): SourceObject[] {
  const { tags } = region;
  if (!Array.isArray(tags) || tags.length === 0) {
    throw new RecordProblem('bad-annotation', `tags: expected a class, got ${described(tags)}`);
  }
  const shape = shapeOf(region);
  return tags.map((tag, i) => ({ where, className: classNameOf(tag, `tags[${i}]`), shape, unit: 'px' }));
}

function shapeOf(region: Fields): Shape {
  const { type } = region;
  if (type === 'POLYGON') {
    const points = Array.isArray(region['points']) ? region['points'] : [];
    const ring = points.flatMap((point, i) => {
      const { x, y } = fieldsOf(point, `points[${i}]`);
      return [numberOf(x, `points[${i}].x`), numberOf(y, `points[${i}].y`)];
    });
    return { kind: 'polygon', polygon: partsFromRings([ring]) };
  }
  if (type !== 'RECTANGLE' && type !== 'SQUARE') {
    throw new RecordProblem('bad-annotation', `type: expected RECTANGLE, SQUARE or POLYGON, got ${described(type)}`);
  }
  const box = fieldsOf(region['boundingBox'], 'boundingBox');
  const at = (name: string) => numberOf(box[name], `boundingBox.${name}`);
  return { kind: 'box', xyxy: xyxyFromXywh([at('left'), at('top'), at('width'), at('height')]) };
}

/** Names may be written as in an address. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // a percent sign that is one
  }
}

const sideOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;

function fieldsOf(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new RecordProblem('bad-json', `${field}: expected an object, got ${described(value)}`);
}
