/** Samples with objects to what a detector sees of them: the picture on its canvas, and where its objects lie there. */

import { type Rng, rngFrom } from '../../../native-models/core/rng.ts';
import { enlargementBy, type TileGrid, viewsWith } from '../../../native-models/detection/tiles.ts';
import type { Size } from '../../../native-models/geometry/box.ts';
import { decode, decodeReduced } from '../decode.ts';
import { type Pixels, wholeOf } from '../pixels.ts';
import type { Colour, Placement } from './canvas-view.ts';
import { drawOnCanvas, placedObjects } from './canvas-view.ts';
import { KEPT_OBJECTS, plainPlacement, randomPlacement, type ScaledSizes } from './crop-and-expand.ts';
import { LETTERBOX_GREY, letterboxPlacement } from './letterbox.ts';
import { mosaicPartners, mosaicView } from './mosaic.ts';
import { movedObjects, type PictureObject, type PictureWithObjects } from './objects.ts';
import { cutOut, partOf } from './tiles.ts';

export interface ObjectSample {
  readonly id: number;
  /** Absolute. */
  readonly path: string;
  /** Of the upright picture, in whose pixels its objects are. */
  readonly size: Size;
  readonly objects: readonly PictureObject[];
}

interface Seen {
  readonly canvas: Size;
  /** Absent or null: whole pictures alone are seen. Else each of their tiles as well, one view after the other. */
  readonly tiles?: TileGrid | null;
}

/** How pictures come onto the canvas when nothing is random. */
export type EvaluationTransform =
  | (Seen & { readonly kind: 'letterbox' })
  | (Seen & { readonly kind: 'scaled' } & ScaledSizes);

export type ObjectTransform =
  | EvaluationTransform
  /** Four at a time, turned and scaled, on a square. */
  | (Seen & { readonly kind: 'mosaic'; readonly seed: number })
  /** A random part, perhaps mirrored, perhaps on a larger empty picture. */
  | (Seen & { readonly kind: 'random-part'; readonly seed: number } & ScaledSizes);

/** How many views there are of each picture. */
export const viewsPerPicture = ({ tiles = null }: ObjectTransform): number => viewsWith(tiles);

export interface ObjectView {
  /** Shapes: [3, canvas.height, canvas.width]. */
  readonly planes: Uint8Array;
  /** What of the canvas is picture, from the top left; beside it there is nothing. */
  readonly size: Size;
  /** In pixels of the canvas. */
  readonly objects: readonly PictureObject[];
}

/** ImageNet's mean, which is nothing once normalised. */
const EMPTY: Colour = [124, 116, 104];
/** Parts of pictures are shown larger than the whole: so much more is decoded of them. */
const REDUCED_SIDES = 1.5;

/** What is beside a picture on its canvas. */
export const frameOf = ({ kind }: Pick<ObjectTransform, 'kind'>): Colour =>
  kind === 'letterbox' || kind === 'mosaic' ? LETTERBOX_GREY : EMPTY;

/** Where a picture lies when nothing is random: boxes on the canvas are brought back by its map. */
export function evaluationPlacement(size: Size, transform: EvaluationTransform): Placement {
  return transform.kind === 'letterbox'
    ? letterboxPlacement(size, transform.canvas.width)
    : plainPlacement(size, transform);
}

/** Decoded pictures are remembered by their sample while there is room, as in `views.ts`. */
export class ObjectViewMaker {
  private readonly samples: readonly ObjectSample[];
  private readonly transform: ObjectTransform;
  private readonly cacheBytes: number;
  private readonly decoded = new Map<number, Pixels>();
  private usedBytes = 0;
  /** What was asked for last. */
  private latest: { readonly id: number; readonly pixels: Promise<Pixels> } | null = null;

  /** `samples`: all there are, of which some may be shown beside the one that is asked for. */
  constructor(samples: readonly ObjectSample[], transform: ObjectTransform, cacheBytes: number) {
    this.samples = samples;
    this.transform = transform;
    this.cacheBytes = cacheBytes;
  }

  /** Views count picture after picture, the whole before its tiles. Errors: as `decode`. */
  async view(index: number, epoch: number): Promise<ObjectView> {
    const { transform } = this;
    switch (transform.kind) {
      case 'letterbox':
      case 'scaled': {
        const { pixels, objects, size } = await this.part(index);
        return evaluationView(pixels, size, transform, objects);
      }
      case 'random-part': {
        const part = await this.part(index);
        const rng = this.rng(transform.seed, epoch, index);
        return shown(part, randomPlacement(part.pixels, part.objects, transform, rng), transform);
      }
      case 'mosaic': {
        const rng = this.rng(transform.seed, epoch, index);
        const views = this.samples.length * viewsPerPicture(transform);
        const others = Array.from({ length: mosaicPartners(rng) }, () => rng.integer(views));
        const parts = await Promise.all([index, ...others].map((one) => this.part(one)));
        return { ...mosaicView(parts, transform.canvas.width, rng), size: transform.canvas };
      }
      default:
        return transform satisfies never;
    }
  }

  /** Pictures that need no decoding any more. */
  get kept(): number {
    return this.decoded.size;
  }

  private placeOf(index: number): { readonly sample: ObjectSample; readonly part: number } {
    const views = viewsPerPicture(this.transform);
    return { sample: this.samples[Math.floor(index / views)]!, part: index % views };
  }

  private rng(seed: number, epoch: number, index: number): Rng {
    const { sample, part } = this.placeOf(index);
    return rngFrom(seed, 'augment', epoch, sample.id, ...(part === 0 ? [] : [part]));
  }

  /** What a view shows, as it was decoded, with its objects in its own pixels; `size` is what it has in the file's. */
  private async part(index: number): Promise<PictureWithObjects & { readonly size: Size }> {
    const { sample, part } = this.placeOf(index);
    const { size } = sample;
    const pixels = await this.pixelsOf(sample);
    const [across, down] = [pixels.width / size.width, pixels.height / size.height];
    const scale = { xx: across, xy: 0, x0: 0, yx: 0, yy: down, y0: 0 };
    const objects = movedObjects(sample.objects, scale, pixels, { leastShare: 0, leastSidePx: 0 });
    const { tiles = null } = this.transform;
    const { w, h } = partOf(size, tiles, part);
    return { ...cutOut({ pixels, objects }, partOf(pixels, tiles, part)), size: { width: w, height: h } };
  }

  /** Views of one picture that follow each other decode it once, even where there is no room to remember it. */
  private async pixelsOf({ id, path }: ObjectSample): Promise<Pixels> {
    const known = this.decoded.get(id);
    if (known !== undefined) return known;
    if (this.latest?.id !== id) this.latest = { id, pixels: this.decode(path) };
    const pixels = await this.latest.pixels;
    const hasRoom = this.usedBytes + pixels.data.length <= this.cacheBytes;
    if (hasRoom && !this.decoded.has(id)) {
      this.decoded.set(id, pixels);
      this.usedBytes += pixels.data.length;
    }
    return pixels;
  }

  private decode(path: string): Promise<Pixels> {
    const { canvas, kind, tiles = null } = this.transform;
    const isRandom = kind === 'random-part' || kind === 'mosaic';
    // A model is judged by the very pixels that its bundle will score, and those are decoded whole.
    if (!isRandom) return decode(path);
    const larger = REDUCED_SIDES * (tiles === null ? 1 : enlargementBy(tiles));
    return decodeReduced(path, Math.ceil(Math.min(canvas.width, canvas.height) * larger));
  }
}

/** The whole of a picture of some size, however much of it was decoded. */
export function evaluationView(
  pixels: Pixels,
  size: Size,
  transform: EvaluationTransform,
  objects: readonly PictureObject[] = [],
): ObjectView {
  const placement = { ...evaluationPlacement(size, transform), crop: wholeOf(pixels) };
  return shown({ pixels, objects }, placement, transform);
}

function shown(
  { pixels, objects }: PictureWithObjects,
  placement: Placement,
  { canvas, kind }: ObjectTransform,
): ObjectView {
  const { paste } = placement;
  const planes = drawOnCanvas(pixels, placement, canvas, frameOf({ kind }));
  const size = kind === 'letterbox' ? canvas : { width: paste.x + paste.w, height: paste.y + paste.h };
  return { planes, size, objects: placedObjects(objects, placement, KEPT_OBJECTS) };
}
