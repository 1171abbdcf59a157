/** Which tiles of a large picture a view needs, in the order in which they are needed. Units: image pixels. */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import {
  allTiles,
  levelCount,
  levelFor,
  placesOf,
  type TilePlace,
  tilesTouching,
  tileXyxy,
} from '../../../native-models/geometry/tile-pyramid.ts';

/** Which tiles can be had by now. */
export interface ReadyParts {
  readonly coarse: boolean;
  /** Of level 0. */
  readonly exact: boolean;
}

export interface TilePlan {
  /** Of what is drawn. */
  readonly level: number;
  /** What is in view at that level. */
  readonly visible: readonly TilePlace[];
  /** What is to be loaded, what is in view among it, the most urgent first. */
  readonly wanted: readonly TilePlace[];
  /** Whether level 0 is to be made: it is looked at, or will be with the next step nearer. */
  readonly needsExact: boolean;
}

/** The coarsest levels are kept whole, so that there is something to show wherever the view goes. */
const KEPT_LEVELS = 2;
/** Tiles beside the view that are loaded ahead. */
const MARGIN = 1;
/** Of the tiles one step nearer, so many in the middle are loaded ahead. */
const NEARER = 4;

/** `scale`: screen pixels, as fine as the screen has them, that an image pixel covers. */
export function planTiles(view: Xyxy, scale: number, size: Size, ready: ReadyParts): TilePlan {
  const best = levelFor(scale, size);
  const needsExact = best <= 1;
  const last = levelCount(size) - 1;
  // A picture of one tile has level 0 alone, which is then waited for.
  const finest = ready.exact ? 0 : Math.min(1, last);
  const level = Math.max(best, finest);
  const middle = [(view[0] + view[2]) / 2, (view[1] + view[3]) / 2] as const;
  const sorted = (places: readonly TilePlace[]) => byDistance(places, middle, size);
  const at = (wanted: number, margin = 0) => sorted(placesOf(tilesTouching(view, size, wanted, margin)));
  const visible = ready.coarse || ready.exact ? at(level) : [];
  if (!ready.coarse) return { level, visible, wanted: visible, needsExact };
  const kept = Array.from({ length: KEPT_LEVELS }, (_, i) => last - i)
    .filter((one) => one > level)
    .flatMap((one) => placesOf(allTiles(size, one)));
  const farther = level < last ? at(level + 1) : [];
  const nearer = level > finest ? at(level - 1).slice(0, NEARER) : [];
  return {
    level,
    visible,
    wanted: unique([...kept, ...visible, ...farther, ...at(level, MARGIN), ...nearer]),
    needsExact,
  };
}

/** Coarser tiles in view, the coarsest first: what is drawn beneath where finer ones are missing. */
export function tilesBeneath(view: Xyxy, level: number, size: Size): TilePlace[] {
  const coarser = Array.from({ length: levelCount(size) - 1 - level }, (_, i) => levelCount(size) - 1 - i);
  return coarser.flatMap((one) => placesOf(tilesTouching(view, size, one)));
}

export const tileKey = ({ level, column, row }: TilePlace): string => `${level} ${column} ${row}`;

function unique(places: readonly TilePlace[]): TilePlace[] {
  return [...new Map(places.map((place) => [tileKey(place), place])).values()];
}

function byDistance(places: readonly TilePlace[], [x, y]: readonly [number, number], size: Size): TilePlace[] {
  const away = (place: TilePlace) => {
    const [x0, y0, x1, y1] = tileXyxy(place, size);
    return Math.hypot((x0 + x1) / 2 - x, (y0 + y1) / 2 - y);
  };
  return places.toSorted((a, b) => away(a) - away(b));
}
