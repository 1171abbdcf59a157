/** Truth and predictions in COCO's two kinds of files, brought together as tables. */

import { type Size, type Xywh, xywhFromXyxy, xyxyFromXywh } from '../../native-models/geometry/box.ts';
import { type Mask, maskArea, maskXyxy } from '../../native-models/geometry/mask.ts';
import { maskFromBox } from '../../native-models/geometry/rasterise.ts';
import type { DetectionSet, Objects } from '../metrics/detection/objects.ts';
import { BadRows } from './bad-rows.ts';
import {
  type CocoAnnotation,
  type CocoCategory,
  type CocoId,
  type CocoImage,
  type CocoObject,
  type CocoResult,
  readAnnotation,
  readCategory,
  readImage,
  readResult,
} from './coco-rows.ts';
import { maskOfShape } from './coco-shape.ts';
import { type JsonItem, readJsonItems } from './json-items.ts';
import { RecordProblem } from './record-problem.ts';

export interface CocoJudged {
  readonly set: DetectionSet;
  /** By rising id of their categories; the second of a name has its id behind it. */
  readonly classes: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Reads both files. Images and categories are taken by rising id, as COCO's evaluation does; masks where asked for.
 * Errors: bad-predictions, naming bad entries by file and place; bad-json; file-missing, file-unreadable.
 */
export async function readCocoJudged(
  truthFile: string,
  predictionsFile: string,
  { withMasks }: { readonly withMasks: boolean },
): Promise<CocoJudged> {
  const problems = new BadRows();
  const truth = await readTruth(truthFile, withMasks, problems);
  const results = await readResults(predictionsFile, withMasks, problems);
  problems.refuse();
  const images = byRisingId(truth.images, problems);
  const categories = byRisingId(truth.categories, problems);
  refuseForeignImages(results, images, truthFile, problems);
  const places = { images, categories, withMasks, problems };
  const [truths, detections] = [new ObjectTable(places), new ObjectTable(places)];
  const [trueRows, foundRows] = [truths.add(truth.annotations), detections.add(results)];
  problems.refuse();
  const areas = trueRows.map(({ area }) => area);
  return {
    set: {
      images: images.inOrder.length,
      classes: categories.inOrder.length,
      truths: { ...truths.objects(areas), isCrowd: Uint8Array.from(trueRows, ({ isCrowd }) => (isCrowd ? 1 : 0)) },
      detections: { ...detections.objects([]), score: Float64Array.from(foundRows, ({ score }) => score) },
    },
    classes: distinctNames(categories.inOrder),
    warnings: [
      ...lost(
        truth.annotations.length - trueRows.length,
        `annotations are of images or categories that ${truthFile} does not list`,
      ),
      ...lost(results.length - foundRows.length, `predictions are of categories that ${truthFile} does not list`),
    ],
  };
}

/** An entry with where it stands. */
interface Placed<Entry> {
  readonly where: string;
  readonly entry: Entry;
}

interface TruthEntries {
  readonly images: Placed<CocoImage>[];
  readonly categories: Placed<CocoCategory>[];
  readonly annotations: Placed<CocoAnnotation>[];
}

async function readTruth(file: string, withShapes: boolean, problems: BadRows): Promise<TruthEntries> {
  const [images, categories, annotations]: [
    TruthEntries['images'],
    TruthEntries['categories'],
    TruthEntries['annotations'],
  ] = [[], [], []];
  await readJsonItems(file, { keys: ['images', 'categories', 'annotations'] }, (item) => {
    const where = placeIn(file, item);
    tried(problems, where, () => {
      if (item.key === 'images') images.push({ where, entry: readImage(item.value) });
      else if (item.key === 'categories') categories.push({ where, entry: readCategory(item.value) });
      else if (item.key === 'annotations') annotations.push({ where, entry: readAnnotation(item.value, withShapes) });
      else throw new RecordProblem('bad-predictions', 'expected an object with images, categories and annotations');
    });
  });
  if (images.length === 0) problems.add(file, 'expected a list "images" with entries');
  if (categories.length === 0) problems.add(file, 'expected a list "categories" with entries');
  return { images, categories, annotations };
}

/** A list of results, or the annotations of a file that looks like a truth. */
async function readResults(file: string, withShapes: boolean, problems: BadRows): Promise<Placed<CocoResult>[]> {
  const results: Placed<CocoResult>[] = [];
  await readJsonItems(file, { keys: ['annotations'] }, (item) => {
    const where = placeIn(file, item);
    tried(problems, where, () => results.push({ where, entry: readResult(item.value, withShapes) }));
  });
  return results;
}

function refuseForeignImages(
  results: readonly Placed<CocoResult>[],
  { index }: Known<CocoImage>,
  truthFile: string,
  problems: BadRows,
): void {
  for (const { where, entry } of results) {
    if (!index.has(entry.image)) problems.add(where, `image_id ${entry.image}: ${truthFile} has no such image`);
  }
}

const placeIn = (file: string, { key, index }: JsonItem): string =>
  key === null ? `${file}, entry ${index + 1}` : `${file}, ${key}, entry ${index + 1}`;

function tried(problems: BadRows, where: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof RecordProblem)) throw error;
    problems.add(where, error.message);
  }
}

interface Known<Entry> {
  readonly inOrder: readonly Entry[];
  readonly index: ReadonlyMap<CocoId, number>;
}

function byRisingId<Entry extends { readonly id: CocoId }>(
  placed: readonly Placed<Entry>[],
  problems: BadRows,
): Known<Entry> {
  const known = new Set<CocoId>();
  for (const { where, entry } of placed) {
    if (known.has(entry.id)) problems.add(where, `id ${entry.id} is there already`);
    known.add(entry.id);
  }
  const inOrder = placed.map(({ entry }) => entry).sort((a, b) => compareIds(a.id, b.id));
  return { inOrder, index: new Map(inOrder.map(({ id }, i) => [id, i])) };
}

/** Numbers first and by their size, then texts. */
function compareIds(a: CocoId, b: CocoId): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Places {
  readonly problems: BadRows;
  readonly withMasks: boolean;
  readonly images: Known<CocoImage>;
  readonly categories: Known<CocoCategory>;
}

/** Rows of objects on their way to a table. */
class ObjectTable {
  private readonly places: Places;
  private readonly image: number[] = [];
  private readonly class: number[] = [];
  private readonly xywh: number[] = [];
  private readonly areas: number[] = [];
  private readonly masks: Mask[] = [];

  constructor(places: Places) {
    this.places = places;
  }

  /** Returns the rows that are of images and categories there are. */
  add<Entry extends CocoObject>(placed: readonly Placed<Entry>[]): Entry[] {
    const { images, categories, problems } = this.places;
    return placed.flatMap(({ where, entry }) => {
      const [image, category] = [images.index.get(entry.image), categories.index.get(entry.category)];
      if (image === undefined || category === undefined) return [];
      tried(problems, where, () => this.shapes(entry, sizeOf(images.inOrder[image]!)));
      this.image.push(image);
      this.class.push(category);
      return [entry];
    });
  }

  /** `areas` that are given; of the others that of the box, or of the mask where there is no box. */
  objects(areas: readonly (number | null)[]): Objects {
    return {
      image: Int32Array.from(this.image),
      class: Int32Array.from(this.class),
      xywh: Float64Array.from(this.xywh),
      area: Float64Array.from(this.areas, (area, i) => areas[i] ?? area),
      masks: this.places.withMasks ? this.masks : null,
    };
  }

  private shapes({ xywh, shape }: CocoObject, size: Size | null): void {
    const mask = shape === null ? this.maskOfBox(xywh!, size) : maskOfShape(shape, size);
    const box = xywh ?? xywhFromXyxy(maskXyxy(mask!));
    this.xywh.push(...box);
    this.areas.push(xywh === null ? maskArea(mask!) : box[2] * box[3]);
    if (this.places.withMasks) this.masks.push(mask!);
  }

  /** Where masks are wanted, a box stands for its pixels. */
  private maskOfBox(xywh: Xywh, size: Size | null): Mask | null {
    if (!this.places.withMasks) return null;
    if (size !== null) return maskFromBox(xyxyFromXywh(xywh), size);
    throw new RecordProblem('bad-predictions', 'a box without a segmentation needs the width and height of its image');
  }
}

const sizeOf = ({ width, height }: CocoImage): Size | null =>
  width === null || height === null ? null : { width, height };

function distinctNames(categories: readonly CocoCategory[]): string[] {
  const known = new Set<string>();
  return categories.map(({ id, name }) => {
    const own = known.has(name) ? `${name} (${id})` : name;
    known.add(own);
    return own;
  });
}

const lost = (count: number, what: string): string[] => (count === 0 ? [] : [`${count} ${what}, and are left out`]);
