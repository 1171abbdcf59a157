/**
 * Reads the XML of CVAT: of images, and of videos as the frames that lie beside it.
 * Source: https://docs.cvat.ai/docs/manual/advanced/xml_format/.
 */

import { maskFromBitmap } from '../../../native-models/geometry/mask.ts';
import { mapCorners, partsFromRings } from '../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import { ringOfCircle } from '../circle.ts';
import { classNameOf, flagOf, numberOf } from '../field-values.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject } from '../import-items.ts';
import { described, RecordProblem } from '../record-problem.ts';
import { Scattered } from '../scattered.ts';
import type { SourceTree } from '../source-tree.ts';
import { splitNameOf, splitOfName } from '../split-names.ts';
import { type XmlElement, xmlElements } from '../xml.ts';
import { attempt, attemptEach } from './attempt.ts';
import type { FormatReader, ReadSource } from './format.ts';

const SHAPES = new Set(['box', 'polygon', 'ellipse', 'mask', 'polyline', 'points', 'cuboid', 'skeleton']);
const LOOKED_AT = 10;
const MAX_PIXELS = 400_000_000; // as images that are let in

export const cvat: FormatReader = {
  format: 'cvat',
  recognises: async (tree) => (await cvatFiles(tree)).length > 0,
  read,
};

async function cvatFiles(tree: SourceTree): Promise<readonly string[]> {
  const files = (await tree.named()).filter((path) => path.toLowerCase().endsWith('.xml'));
  const found: string[] = [];
  for (const path of files.slice(0, LOOKED_AT)) if (/<annotations[\s>]/.test(await tree.head(path))) found.push(path);
  return found;
}

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const finder = await source.finder();
  for (const path of await cvatFiles(source.tree)) yield* readFile(path, source, finder);
}

async function* readFile(
  path: string,
  source: ReadSource,
  finder: ImageFinder,
): AsyncGenerator<ImportItem, void, undefined> {
  const file = source.tree.absolute(path);
  const fileSplit = splitNameOf(path);
  const frames = new Scattered<FrameShape>(source.scratch, `cvat-${path.replaceAll('/', '-')}.jsonl`);
  try {
    for await (const element of xmlElements(file, ['image', 'track'])) {
      if (element.name === 'track') keepFrames(element, frames);
      else yield await attempt(`${file}:${element.line}`, () => readImage(element, file, fileSplit, finder));
    }
    for (const frame of [...frames.keys()].sort((a, b) => Number(a) - Number(b))) {
      const where = `${file}: frame ${frame}`;
      yield await attempt(where, () => readFrame(Number(frame), frames.of(frame), where, fileSplit, finder));
    }
  } finally {
    frames.close();
  }
}

function readImage(image: XmlElement, file: string, fileSplit: string | null, finder: ImageFinder): ImageItem {
  const { attributes, children, line } = image;
  const url = attributes['name'] ?? '';
  const size = { width: sideOf(attributes['width']), height: sideOf(attributes['height']) };
  const badObjects: BadObject[] = [];
  const objects = attemptEach(
    children.filter(({ name }) => SHAPES.has(name)),
    (element) => `line ${element.line}`,
    badObjects,
    (element, place) => toObject(element, element.attributes['label'], place, size),
  );
  const labels = children
    .filter(({ name }) => name === 'tag')
    .map((tag) => classNameOf(tag.attributes['label'], 'label'));
  const subset = attributes['subset'];
  const splitName = subset !== undefined && splitOfName(subset) !== null ? subset : fileSplit;
  const candidates = [finder.find(url, splitName)];
  return {
    ...{ kind: 'image', where: `${file}:${line}`, url, candidates, labels: [...new Set(labels)], objects, badObjects },
    ...{ splitName, claimed: size, repairs: [] },
  };
}

/** A shape of a track in one frame. */
interface FrameShape {
  readonly label: string | undefined;
  readonly element: XmlElement;
}

/** Shapes that are seen; a track of key points has none. */
function keepFrames(track: XmlElement, frames: Scattered<FrameShape>): void {
  const label = track.attributes['label'];
  for (const element of track.children) {
    const frame = element.attributes['frame'];
    if (!SHAPES.has(element.name) || frame === undefined || element.attributes['outside'] === '1') continue;
    frames.add(Number(frame), { label, element });
  }
}

function readFrame(
  frame: number,
  shapes: readonly FrameShape[],
  where: string,
  splitName: string | null,
  finder: ImageFinder,
): ImageItem {
  const url = `frame_${String(frame).padStart(6, '0')}`;
  const size = { width: null, height: null };
  const badObjects: BadObject[] = [];
  const objects = attemptEach(
    shapes,
    ({ element }) => `line ${element.line}`,
    badObjects,
    ({ label, element }, place) => toObject(element, label, place, size),
  );
  const candidates = [finder.find(url, splitName)];
  return {
    ...{
      kind: 'image',
      where,
      url,
      candidates,
      labels: [],
      objects,
      badObjects,
      splitName,
      claimed: size,
      repairs: [],
    },
  };
}

function toObject(
  element: XmlElement,
  label: string | undefined,
  where: string,
  size: ImageItem['claimed'],
): SourceObject {
  const { attributes } = element;
  const flags: Record<string, boolean> = { is_occluded: flagOf(attributes['occluded'], 'occluded') };
  for (const { attributes: named, text, name } of element.children) {
    const flag = name === 'attribute' ? named['name'] : undefined;
    if (flag === 'truncated' || flag === 'difficult' || flag === 'crowd') flags[`is_${flag}`] = flagOf(text, flag);
  }
  return { where, className: classNameOf(label, 'label'), shape: shapeOf(element, size), unit: 'px', flags };
}

function shapeOf({ name, attributes }: XmlElement, size: ImageItem['claimed']): Shape {
  const at = (field: string) => numberOf(attributes[field], field);
  const angleRad = attributes['rotation'] === undefined ? 0 : (at('rotation') * Math.PI) / 180;
  switch (name) {
    case 'box': {
      const xyxy = [at('xtl'), at('ytl'), at('xbr'), at('ybr')] as const;
      return angleRad === 0 ? { kind: 'box', xyxy } : turnedBox(xyxy, angleRad);
    }
    case 'polygon':
      return { kind: 'polygon', polygon: partsFromRings([ringFrom(attributes['points'])]) };
    case 'ellipse':
      return {
        kind: 'polygon',
        polygon: partsFromRings([ringOfCircle([at('cx'), at('cy')], at('rx'), at('ry'), angleRad)]),
      };
    case 'mask':
      return maskOf(attributes['rle'] ?? '', [at('left'), at('top'), at('width'), at('height')], size);
    default:
      throw new RecordProblem('bad-annotation', `expected a box, polygon, ellipse or mask, got a ${name}`);
  }
}

/** About its middle, clockwise on the screen. */
function turnedBox([x0, y0, x1, y1]: readonly [number, number, number, number], angleRad: number): Shape {
  const [cx, cy, cos, sin] = [(x0 + x1) / 2, (y0 + y1) / 2, Math.cos(angleRad), Math.sin(angleRad)];
  const turn = (x: number, y: number): [number, number] => [
    cx + (x - cx) * cos - (y - cy) * sin,
    cy + (x - cx) * sin + (y - cy) * cos,
  ];
  return { kind: 'polygon', polygon: mapCorners(partsFromRings([[x0, y0, x1, y0, x1, y1, x0, y1]]), turn) };
}

function ringFrom(text: string | undefined): number[] {
  const points = (text ?? '').split(';').filter((point) => point.trim() !== '');
  return points.flatMap((point, i) => {
    const pair = point.split(',');
    if (pair.length !== 2)
      throw new RecordProblem('bad-annotation', `points[${i}]: expected x,y, got ${described(point)}`);
    return pair.map((value) => numberOf(value, `points[${i}]`));
  });
}

/** Run lengths row by row inside a box, zeros first. */
function maskOf(
  rle: string,
  [left, top, width, height]: readonly [number, number, number, number],
  size: ImageItem['claimed'],
): Shape {
  if (size.width === null || size.height === null) {
    throw new RecordProblem('bad-annotation', 'expected width and height of the image beside a mask, got none');
  }
  const runs = rle.split(',').map((run, i) => numberOf(run, `rle[${i}]`));
  if (runs.some((run) => run < 0) || runs.reduce((sum, run) => sum + run, 0) !== width * height) {
    throw new RecordProblem('bad-annotation', `rle: expected run lengths of ${width} x ${height} pixels`);
  }
  if (left < 0 || top < 0 || left + width > size.width || top + height > size.height) {
    throw new RecordProblem(
      'bad-annotation',
      `mask of ${width} x ${height} at (${left}, ${top}) is not inside the image`,
    );
  }
  if (size.width * size.height > MAX_PIXELS)
    throw new RecordProblem('bad-annotation', 'the image is too large for a mask');
  const bitmap = new Uint8Array(size.width * size.height);
  let at = 0;
  for (const [i, run] of runs.entries()) {
    for (const end = at + run; at < end; at++) {
      if (i % 2 === 1) bitmap[(top + Math.floor(at / width)) * size.width + left + (at % width)] = 1;
    }
  }
  return { kind: 'mask', mask: maskFromBitmap(bitmap, { width: size.width, height: size.height }) };
}

function sideOf(value: string | undefined): number | null {
  const side = Number(value);
  return Number.isInteger(side) && side > 0 ? side : null;
}
