/** Answers what is asked about the pixels of a picture, with a bitmap; null where nothing is found. */

import { clipBox, joinBoxes, type Size, type Xyxy } from '../../../native-models/geometry/box.ts';
import { type Mask, maskFromPart } from '../../../native-models/geometry/mask.ts';
import type { Point } from '../doc/hit.ts';
import { strokePart } from '../doc/stroke.ts';
import { floodByColour } from './flood.ts';
import type { PixelReader } from './raster.ts';
import { INSIDE, OUTSIDE, refined, UNSURE } from './refine.ts';
import type { PixelRequest, Scribble } from './request.ts';
import { superpixels } from './superpixels.ts';

/**
 * A wand looks at a square round where it points, and at a larger one where what it finds reaches the border; no farther
 * than half of the last.
 */
const WAND_SIDES = [512, 1536, 4096] as const;
/** Superpixels are made for squares of this side, as hands come to them, and kept for so many: a megabyte each. */
const TILE_SIDE = 512;
const MOST_TILES = 64;
const LEAST_STEP = 4;
/** Of the box, to each side: what is seen of the background. */
const MARGIN_FRACTION = 0.25;
const LEAST_MARGIN = 8;

export class PixelAnswers {
  private readonly reader: PixelReader;
  private readonly tiles = new Map<string, Int32Array>();

  constructor(reader: PixelReader) {
    this.reader = reader;
  }

  async answer(request: PixelRequest): Promise<Mask | null> {
    switch (request.kind) {
      case 'wand':
        return this.wand(request.at, request.tolerance);
      case 'superpixels':
        return this.superpixels(request.way, request.side);
      case 'refine':
        return this.refine(request);
      default:
        return request satisfies never;
    }
  }

  private async wand([px, py]: Point, tolerance: number): Promise<Mask | null> {
    const { size } = this.reader;
    const [x, y] = [Math.floor(px), Math.floor(py)];
    if (x < 0 || y < 0 || x >= size.width || y >= size.height) return null;
    for (const side of WAND_SIDES) {
      const half = side / 2;
      const box = clipBox([x - half, y - half, x + half, y + half], size);
      const found = floodByColour(await this.reader.read(box), x - box[0], y - box[1], tolerance);
      if (side === WAND_SIDES.at(-1) || !goesOn(found, box, size)) return maskFromPart(found, box, size);
    }
    return null;
  }

  private async superpixels(way: readonly Point[], side: number): Promise<Mask | null> {
    const { size } = this.reader;
    const step = Math.max(LEAST_STEP, Math.round(side));
    const touched = new Map<string, { box: Xyxy; labels: Int32Array; wanted: Set<number> }>();
    for (const [px, py] of steady(way)) {
      const [x, y] = [Math.floor(px), Math.floor(py)];
      if (x < 0 || y < 0 || x >= size.width || y >= size.height) continue;
      const [column, row] = [Math.floor(x / TILE_SIDE), Math.floor(y / TILE_SIDE)];
      const key = `${column} ${row}`;
      const left: Xyxy = [column * TILE_SIDE, row * TILE_SIDE, (column + 1) * TILE_SIDE, (row + 1) * TILE_SIDE];
      const box = clipBox(left, size);
      const tile = touched.get(key) ?? { box, labels: await this.tile(box, step), wanted: new Set() };
      touched.set(key, tile);
      tile.wanted.add(tile.labels[(y - box[1]) * (box[2] - box[0]) + x - box[0]]!);
    }
    if (touched.size === 0) return null;
    const all = [...touched.values()].map(({ box }) => box).reduce(joinBoxes);
    const part = new Uint8Array((all[2] - all[0]) * (all[3] - all[1]));
    for (const { box, labels, wanted } of touched.values()) {
      labels.forEach((label, i) => {
        const width = box[2] - box[0];
        const [x, y] = [box[0] + (i % width), box[1] + Math.floor(i / width)];
        if (wanted.has(label)) part[(y - all[1]) * (all[2] - all[0]) + x - all[0]] = 1;
      });
    }
    return maskFromPart(part, all, size);
  }

  private async tile(box: Xyxy, step: number): Promise<Int32Array> {
    const key = `${box.join()} ${step}`;
    const known = this.tiles.get(key) ?? superpixels(await this.reader.read(box), step);
    this.tiles.delete(key);
    this.tiles.set(key, known); // at the end: the one that was used longest ago comes first
    const [oldest] = this.tiles.keys();
    if (this.tiles.size > MOST_TILES) this.tiles.delete(oldest!);
    return known;
  }

  private async refine({ box, inside, outside }: Extract<PixelRequest, { kind: 'refine' }>): Promise<Mask | null> {
    const { size } = this.reader;
    const around = box ?? scribbled(inside);
    if (around === null) return null;
    const hinted = [...inside, ...outside].map(({ way, radius }) => boxOf(way, radius));
    const region = wholePixels([padded(around, box === null ? 1 : MARGIN_FRACTION), ...hinted].reduce(joinBoxes), size);
    const [x0, y0, x1, y1] = region;
    if (x1 <= x0 || y1 <= y0) return null;
    const object = wholePixels(around, size);
    const width = x1 - x0;
    const hints = new Uint8Array(width * (y1 - y0)).map((_, i) => {
      const [x, y] = [x0 + (i % width), y0 + Math.floor(i / width)];
      const isRim = box === null && (x === x0 || y === y0 || x === x1 - 1 || y === y1 - 1);
      const isIn = x >= object[0] && x < object[2] && y >= object[1] && y < object[3];
      return isRim || (box !== null && !isIn) ? OUTSIDE : UNSURE;
    });
    for (const [strokes, hint] of [[inside, INSIDE] as const, [outside, OUTSIDE] as const]) {
      for (const { way, radius } of strokes) {
        strokePart(way, radius, region).forEach((touched, i) => {
          if (touched === 1) hints[i] = hint;
        });
      }
    }
    const found = refined(await this.reader.read(region), hints);
    return found.includes(1) ? maskFromPart(found, region, size) : null;
  }
}

/** Points of a way no farther apart than a pixel or two, so that it passes over nothing. */
function steady(way: readonly Point[]): Point[] {
  return way.flatMap(([x, y], i) => {
    const [px, py] = way[i - 1] ?? [x, y];
    const steps = Math.max(1, Math.ceil(Math.hypot(x - px, y - py) / 2));
    return Array.from({ length: steps }, (_, at): Point => {
      const part = (at + 1) / steps;
      return [px + part * (x - px), py + part * (y - py)];
    });
  });
}

function boxOf(way: readonly Point[], radius: number): Xyxy {
  const [xs, ys] = [way.map(([x]) => x), way.map(([, y]) => y)];
  return [Math.min(...xs) - radius, Math.min(...ys) - radius, Math.max(...xs) + radius, Math.max(...ys) + radius];
}

const scribbled = (strokes: readonly Scribble[]): Xyxy | null =>
  strokes.length === 0 ? null : strokes.map(({ way, radius }) => boxOf(way, radius)).reduce(joinBoxes);

function padded([x0, y0, x1, y1]: Xyxy, fraction: number): Xyxy {
  const margin = Math.max(LEAST_MARGIN, fraction * Math.max(x1 - x0, y1 - y0));
  return [x0 - margin, y0 - margin, x1 + margin, y1 + margin];
}

const wholePixels = ([x0, y0, x1, y1]: Xyxy, size: Size): Xyxy =>
  clipBox([Math.floor(x0), Math.floor(y0), Math.ceil(x1), Math.ceil(y1)], size);

/** Whether what was found touches a border of the box that is no border of the image. Shapes: found [height, width] */
function goesOn(found: Uint8Array, [x0, y0, x1, y1]: Xyxy, { width, height }: Size): boolean {
  const [w, h] = [x1 - x0, y1 - y0];
  const isOn = (x: number, y: number) => found[y * w + x] === 1;
  for (let x = 0; x < w; x++) if ((y0 > 0 && isOn(x, 0)) || (y1 < height && isOn(x, h - 1))) return true;
  for (let y = 0; y < h; y++) if ((x0 > 0 && isOn(0, y)) || (x1 < width && isOn(w - 1, y))) return true;
  return false;
}
