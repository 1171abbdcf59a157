/** Samples with objects to what a detector sees of them: the picture on its canvas, and where its objects lie there. */

import { type Rng, rngFrom } from '../../../native-models/core/rng.ts';
import type { Size } from '../../../native-models/geometry/box.ts';
import { decodeReduced } from '../decode.ts';
import { type Pixels, wholeOf } from '../pixels.ts';
import type { Colour, Placement } from './canvas-view.ts';
import { drawOnCanvas, placedObjects } from './canvas-view.ts';
import { KEPT_OBJECTS, plainPlacement, randomPlacement, type ScaledSizes } from './crop-and-expand.ts';
import { LETTERBOX_GREY, letterboxPlacement } from './letterbox.ts';
import { mosaicPartners, mosaicView } from './mosaic.ts';
import { movedObjects, type PictureObject } from './objects.ts';

export interface ObjectSample {
  readonly id: number;
  /** Absolute. */
  readonly path: string;
  /** Of the upright picture, in whose pixels its objects are. */
  readonly size: Size;
  readonly objects: readonly PictureObject[];
}

/** How pictures come onto the canvas when nothing is random. */
export type EvaluationTransform =
  | { readonly kind: 'letterbox'; readonly canvas: Size }
  | ({ readonly kind: 'scaled' } & ScaledSizes);

export type ObjectTransform =
  | EvaluationTransform
  /** Four at a time, turned and scaled, on a square. */
  | { readonly kind: 'mosaic'; readonly canvas: Size; readonly seed: number }
  /** A random part, perhaps mirrored, perhaps on a larger empty picture. */
  | ({ readonly kind: 'random-part'; readonly seed: number } & ScaledSizes);

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

  /** `samples`: all there are, of which some may be shown beside the one that is asked for. */
  constructor(samples: readonly ObjectSample[], transform: ObjectTransform, cacheBytes: number) {
    this.samples = samples;
    this.transform = transform;
    this.cacheBytes = cacheBytes;
  }

  /** Errors: as `decode`. */
  async view(sample: ObjectSample, epoch: number): Promise<ObjectView> {
    const { transform } = this;
    switch (transform.kind) {
      case 'letterbox':
      case 'scaled': {
        const { pixels, objects } = await this.part(sample);
        return evaluationView(pixels, sample.size, transform, objects);
      }
      case 'random-part': {
        const part = await this.part(sample);
        const rng = this.rng(transform.seed, epoch, sample);
        return shown(part, randomPlacement(part.pixels, part.objects, transform, rng), transform);
      }
      case 'mosaic': {
        const rng = this.rng(transform.seed, epoch, sample);
        const others = Array.from(
          { length: mosaicPartners(rng) },
          () => this.samples[rng.integer(this.samples.length)]!,
        );
        const parts = await Promise.all([sample, ...others].map((one) => this.part(one)));
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

  private rng(seed: number, epoch: number, { id }: ObjectSample): Rng {
    return rngFrom(seed, 'augment', epoch, id);
  }

  /** The picture as it was decoded, with its objects in its own pixels. */
  private async part({ id, path, size, objects }: ObjectSample) {
    const pixels = this.decoded.get(id) ?? (await decodeReduced(path, this.decodedSide()));
    const hasRoom = this.usedBytes + pixels.data.length <= this.cacheBytes;
    if (hasRoom && !this.decoded.has(id)) {
      this.decoded.set(id, pixels);
      this.usedBytes += pixels.data.length;
    }
    const [across, down] = [pixels.width / size.width, pixels.height / size.height];
    const scale = { xx: across, xy: 0, x0: 0, yx: 0, yy: down, y0: 0 };
    return { pixels, objects: movedObjects(objects, scale, pixels, { leastShare: 0, leastSidePx: 0 }) };
  }

  private decodedSide(): number {
    const { transform } = this;
    const { width, height } = transform.canvas;
    const isRandom = transform.kind === 'random-part' || transform.kind === 'mosaic';
    return Math.ceil(Math.min(width, height) * (isRandom ? REDUCED_SIDES : 1));
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
  { pixels, objects }: { readonly pixels: Pixels; readonly objects: readonly PictureObject[] },
  placement: Placement,
  { canvas, kind }: ObjectTransform,
): ObjectView {
  const { paste } = placement;
  const planes = drawOnCanvas(pixels, placement, canvas, frameOf({ kind }));
  const size = kind === 'letterbox' ? canvas : { width: paste.x + paste.w, height: paste.y + paste.h };
  return { planes, size, objects: placedObjects(objects, placement, KEPT_OBJECTS) };
}
