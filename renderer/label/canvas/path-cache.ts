/**
 * The lines of thousands of objects, joined to few paths that are kept from frame to frame: drawing a frame then asks the
 * canvas for a handful of strokes. Objects lie in chunks of neighbours in the list; a chunk is traced anew at once when one
 * of its objects has changed. Where the view has come much nearer, or thousands of objects are there for the first time, chunks
 * are traced a few at a time between frames, so that no frame takes long.
 */

import { joinBoxes, type Xyxy } from '../../../native-models/geometry/box.ts';
import { type Shape, shapeXyxy } from '../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../../preload/contract/labelling.ts';
import { type Lines, trace } from './trace.ts';

const CHUNK = 250;
/** A chunk to which objects were added is left alone up to here. */
const FULL = 2 * CHUNK;
/** Corners of chunks that are there for the first time, traced in the frame that shows them. */
const CORNERS_AT_ONCE = 40_000;
/** Corners traced between two frames. */
const CORNERS_BETWEEN = 3_000;

export interface ClassPath<P> {
  readonly className: string;
  readonly path: P;
}

interface Chunk<P> {
  readonly objects: readonly Annotation[];
  /** Ids of those that are left out. */
  readonly hidden: string;
  readonly gap: number;
  readonly corners: number;
  readonly xyxy: Xyxy;
  readonly paths: readonly ClassPath<P>[];
}

/** A chunk as it should be; null where it has not been traced yet. */
interface Place<P> {
  readonly members: readonly Annotation[];
  chunk: Chunk<P> | null;
}

export class PathCache<P extends Lines> {
  private readonly newPath: () => P;
  private objects: readonly Annotation[] = [];
  private places: readonly Place<P>[] = [];
  private hidden: ReadonlySet<number> = new Set();
  private gap = 0;
  /** Those that the last frame had coarser or finer than it wanted, or not at all. */
  private behind: readonly Place<P>[] = [];
  /** Corners that the last frame has drawn. */
  corners = 0;

  constructor(newPath: () => P) {
    this.newPath = newPath;
  }

  /**
   * Paths of what touches `view`. `objects`: by ascending id. `hidden`: ids left out, as they are drawn otherwise.
   * `scale`: screen pixels an image pixel covers.
   */
  paths(objects: readonly Annotation[], hidden: ReadonlySet<number>, view: Xyxy, scale: number): ClassPath<P>[] {
    this.gap = gapFor(scale);
    const isOther = objects !== this.objects || hidden !== this.hidden;
    this.hidden = hidden;
    if (objects !== this.objects) this.arrange(objects);
    if (isOther) this.bringUpToDate();
    const isSeen = ({ chunk }: Place<P>) => chunk === null || touches(chunk.xyxy, view);
    this.behind = this.places.filter((place) => isSeen(place) && place.chunk?.gap !== this.gap);
    const seen = this.places.flatMap((place) => (isSeen(place) ? (place.chunk ?? []) : []));
    this.corners = seen.reduce((sum, { corners }) => sum + corners, 0);
    return seen.flatMap(({ paths }) => paths);
  }

  /** Whether another frame will better the last one. */
  get isBehind(): boolean {
    return this.behind.length > 0;
  }

  /** Traces some of what the last frame lacked; once it lacks nothing, another frame shows it. */
  catchUp(): void {
    let budget = CORNERS_BETWEEN;
    while (budget > 0 && this.behind.length > 0) {
      const [place, ...others] = this.behind;
      this.behind = others;
      place!.chunk = this.traced(place!.members, place!.chunk);
      budget -= place!.chunk.corners;
    }
  }

  /** Chunks keep the ids they begin with, so that one object more or less changes one chunk. */
  private arrange(objects: readonly Annotation[]): void {
    const before = this.places;
    const starts = before.map(({ members }) => members[0]!.id);
    const places: { members: Annotation[]; chunk: Chunk<P> | null }[] = [];
    let next = 0;
    for (const object of objects) {
      const group = places.at(-1);
      const isStart = next < starts.length && object.id >= starts[next]!;
      const chunk = isStart ? before[lastStart(starts, next, object.id)]!.chunk : null;
      if (isStart) next = lastStart(starts, next, object.id) + 1;
      const isFull = group !== undefined && group.members.length >= (starts.length === 0 ? CHUNK : FULL);
      if (group === undefined || isStart || isFull) places.push({ members: [object], chunk });
      else group.members.push(object);
    }
    this.objects = objects;
    this.places = places;
  }

  /** Chunks of which an object has changed are traced now, and as many that are there for the first time as a frame may take. */
  private bringUpToDate(): void {
    let budget = CORNERS_AT_ONCE;
    for (const place of this.places) {
      const { chunk, members } = place;
      if (chunk === null && budget <= 0) continue;
      if (chunk !== null && chunk.hidden === this.hiddenOf(members).join() && areSame(chunk.objects, members)) continue;
      place.chunk = this.traced(members, null);
      budget -= place.chunk.corners;
    }
  }

  private hiddenOf(members: readonly Annotation[]): number[] {
    return this.hidden.size === 0 ? [] : members.filter(({ id }) => this.hidden.has(id)).map(({ id }) => id);
  }

  /** `known`: the chunk of the same objects, traced otherwise. */
  private traced(objects: readonly Annotation[], known: Chunk<P> | null): Chunk<P> {
    const byClass = new Map<string, P>();
    for (const { id, class_name, shape } of objects) {
      if (this.hidden.has(id)) continue;
      const path = byClass.get(class_name) ?? this.newPath();
      byClass.set(class_name, path);
      trace(path, shape, this.gap);
    }
    return {
      objects,
      hidden: this.hiddenOf(objects).join(),
      gap: this.gap,
      corners: known?.corners ?? cornersOf(objects),
      xyxy: known?.xyxy ?? objects.map(({ shape }) => shapeXyxy(shape)).reduce(joinBoxes),
      paths: [...byClass].map(([className, path]) => ({ className, path })),
    };
  }
}

/** The last of the ids that chunks begin with, from `from` on, which is not beyond `id`. */
function lastStart(starts: readonly number[], from: number, id: number): number {
  let at = from;
  while (at + 1 < starts.length && starts[at + 1]! <= id) at++;
  return at;
}

/** Image pixels of about a screen pixel, by powers of two, so that it changes rarely; none from full size on. */
function gapFor(scale: number): number {
  return scale >= 1 ? 0 : 2 ** Math.floor(Math.log2(1 / scale));
}

function areSame(a: readonly Annotation[], b: readonly Annotation[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

function touches(a: Xyxy, b: Xyxy): boolean {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}

function cornersOf(objects: readonly Annotation[]): number {
  return objects.reduce((sum, { shape }) => sum + cornerCount(shape), 0);
}

function cornerCount(shape: Shape): number {
  if (shape.kind === 'box') return 4;
  if (shape.kind === 'mask') return shape.mask.counts.length;
  return shape.polygon.reduce((sum, { outline }) => sum + outline.length / 2, 0);
}
