/**
 * The lines of thousands of objects, joined to few paths that are kept from frame to frame: drawing a frame then asks the
 * canvas for a handful of strokes. Objects lie in chunks of neighbours in the list; a chunk is traced anew when one of its
 * objects has changed or the view has come much nearer, a few chunks a frame, so that no frame takes long.
 */

import { joinBoxes, type Xyxy } from '../../../native-models/geometry/box.ts';
import { type Shape, shapeXyxy } from '../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../../preload/contract/labelling.ts';
import { type Lines, trace } from './trace.ts';

const CHUNK = 250;
/** Corners traced in one frame, besides what must be drawn at all. */
const CORNERS_A_FRAME = 4_000;

export interface ClassPath<P> {
  readonly className: string;
  readonly path: P;
}

interface Chunk<P> {
  readonly objects: readonly Annotation[];
  readonly hidden: string;
  readonly gap: number;
  readonly xyxy: Xyxy;
  readonly paths: readonly ClassPath<P>[];
}

export class PathCache<P extends Lines> {
  private readonly newPath: () => P;
  private chunks: readonly (Chunk<P> | undefined)[] = [];
  /** Whether some chunk was drawn coarser or finer than the view wants: another frame will better it. */
  isBehind = false;

  constructor(newPath: () => P) {
    this.newPath = newPath;
  }

  /**
   * Paths of what touches `view`. `hidden`: ids left out, as they are drawn otherwise.
   * `scale`: screen pixels an image pixel covers.
   */
  paths(objects: readonly Annotation[], hidden: ReadonlySet<number>, view: Xyxy, scale: number): ClassPath<P>[] {
    const gap = gapFor(scale);
    let budget = CORNERS_A_FRAME;
    this.isBehind = false;
    this.chunks = Array.from({ length: Math.ceil(objects.length / CHUNK) }, (_, at) => {
      const members = objects.slice(at * CHUNK, (at + 1) * CHUNK);
      const hiddenHere = members.filter(({ id }) => hidden.has(id)).map(({ id }) => id);
      const known = this.chunks[at];
      const isSame = known !== undefined && known.hidden === hiddenHere.join() && areSame(known.objects, members);
      if (isSame && known.gap === gap) return known;
      if (isSame && (budget <= 0 || !touches(known.xyxy, view))) {
        this.isBehind ||= touches(known.xyxy, view);
        return known;
      }
      budget -= cornersOf(members);
      return this.traced(members, new Set(hiddenHere), gap);
    });
    return this.chunks.flatMap((chunk) => (touches(chunk!.xyxy, view) ? chunk!.paths : []));
  }

  private traced(objects: readonly Annotation[], hidden: ReadonlySet<number>, gap: number): Chunk<P> {
    const byClass = new Map<string, P>();
    for (const { id, class_name, shape } of objects) {
      if (hidden.has(id)) continue;
      const path = byClass.get(class_name) ?? this.newPath();
      byClass.set(class_name, path);
      trace(path, shape, gap);
    }
    return {
      objects,
      hidden: [...hidden].join(),
      gap,
      xyxy: objects.map(({ shape }) => shapeXyxy(shape)).reduce(joinBoxes),
      paths: [...byClass].map(([className, path]) => ({ className, path })),
    };
  }
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
