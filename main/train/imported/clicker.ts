/**
 * Answers clicks on pictures with a pair of model files: the first looks at a picture once, which takes long, and what it saw
 * is kept; the second answers each click from that.
 * Source: Kirillov et al. 2023, "Segment Anything", and its published export: labels of points are 1 inside, 0 outside, 2 and 3
 * for the corners of a box, and -1 for a point that stands where there is no box.
 */

import type { Size } from '../../../native-models/geometry/box.ts';
import { type Mask, maskArea, maskFromPart } from '../../../native-models/geometry/mask.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import { decode } from '../../images/decode.ts';
import { mapOf, type Placement } from '../../images/objects/canvas-view.ts';
import type { ClickedPicture, ClickJob, ClickQuestion } from '../protocol.ts';
import { type Feeds, type Session, Tensor } from '../runtime.ts';
import { floats } from './answer-parts.ts';
import { KeptSights } from './kept-sights.ts';
import { openForeign, runForeign } from './open-model.ts';
import { seenPicture } from './picture-input.ts';

/** Of what pictures were seen as: those of some dozen, whatever the model. */
const MOST_KEPT_BYTES = 256 << 20;
/** Masks are asked for at most so large, and made larger here. Units: pixels. */
const LARGEST_ASKED_PX = 2048;
/** Sides of a mask that could be handed in, where the file does not say. */
const MASK_INPUT_SIDE = 256;

interface Seen {
  readonly embeddings: Feeds;
  readonly placement: Placement;
  readonly size: Size;
  readonly bytes: number;
}

export class Clicker {
  private readonly job: ClickJob;
  private readonly encoder: Session;
  private readonly decoder: Session;
  private readonly seen = new KeptSights<Seen>(MOST_KEPT_BYTES);

  private constructor(job: ClickJob, encoder: Session, decoder: Session) {
    this.job = job;
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** Errors: file-missing, model-invalid. */
  static async open(job: ClickJob): Promise<Clicker> {
    const encoder = await openForeign(job.encoderFile, job);
    return new Clicker(job, encoder, await openForeign(job.decoderFile, job));
  }

  /** Looks at a picture ahead of the first click. Errors: model-invalid; those of reading images. */
  async prepare(picture: ClickedPicture): Promise<void> {
    await this.look(picture);
  }

  /** Null where it finds nothing. Errors: as `prepare`. */
  async answer({ picture, points, box }: ClickQuestion): Promise<Mask | null> {
    const seen = await this.look(picture);
    const asked = this.askedSize(seen.size);
    const feeds = { ...seen.embeddings, ...this.prompt(points, box, seen.placement, asked) };
    const { masks, scores } = this.job.mapping;
    const wanted = scores === null ? [masks] : [masks, scores];
    const results = await runForeign(this.decoder, this.job.decoderFile, feeds, wanted);
    return this.best(results, seen, asked);
  }

  async release(): Promise<void> {
    await Promise.all([this.encoder.release(), this.decoder.release()]);
  }

  private async look({ key, path }: ClickedPicture): Promise<Seen> {
    const known = this.seen.get(key);
    if (known !== null) return known;
    const { input, embeddings: handed } = this.job.mapping;
    const pixels = await decode(path);
    const { tensor, placement } = seenPicture(pixels, input);
    const results = await runForeign(this.encoder, this.job.encoderFile, { [input.name]: tensor });
    const embeddings = Object.fromEntries(handed.map(({ from, to }) => [to, given(results, from)]));
    const bytes = Object.values(embeddings).reduce((sum, { data }) => sum + (data as Uint8Array).byteLength, 0);
    const size = { width: pixels.width, height: pixels.height };
    const made = { embeddings, placement, size, bytes };
    this.seen.put(key, made);
    return made;
  }

  private prompt(points: ClickQuestion['points'], box: ClickQuestion['box'], placement: Placement, asked: Size): Feeds {
    const { point_coords, point_labels, mask_input, has_mask_input, orig_im_size } = this.job.mapping;
    const { xx, x0, yy, y0 } = mapOf(placement);
    const isMiddle = box !== null && this.job.mapping.box === 'middle';
    const clicks = isMiddle ? [...points, middleOf(box)] : points;
    const corners = box === null || isMiddle ? [] : [box.slice(0, 2), box.slice(2, 4)];
    const places = [...clicks.map(({ x, y }) => [x, y]), ...corners].flatMap(([x, y]) => [x! * xx + x0, y! * yy + y0]);
    const labels = [...clicks.map(({ is_inside }) => (is_inside ? 1 : 0)), ...(corners.length === 0 ? [-1] : [2, 3])];
    if (corners.length === 0) places.push(0, 0);
    const count = labels.length;
    const feeds: Feeds = {
      [point_coords]: this.tensor(point_coords, places, [count, 2], 3),
      [point_labels]: this.tensor(point_labels, labels, [count], 2),
    };
    if (mask_input !== null) {
      const sides = this.sidesOf(mask_input).map((side, i) => side ?? (i < 2 ? 1 : MASK_INPUT_SIDE));
      const shape = sides.length === 4 ? sides : [1, 1, MASK_INPUT_SIDE, MASK_INPUT_SIDE];
      const zeros = new Float32Array(shape.reduce((product, side) => product * side, 1));
      feeds[mask_input] = new Tensor('float32', zeros, shape);
    }
    if (has_mask_input !== null) feeds[has_mask_input] = this.tensor(has_mask_input, [0], [1], 1);
    if (orig_im_size !== null) feeds[orig_im_size] = this.tensor(orig_im_size, [asked.height, asked.width], [2], 1);
    return feeds;
  }

  /** `rank`: of the published export; files with more sides have ones in front. */
  private tensor(name: string, values: readonly number[], shape: readonly number[], rank: number): Tensor {
    const wanted = Math.max(rank, this.sidesOf(name).length);
    const sides = [...Array.from({ length: wanted - shape.length }, () => 1), ...shape];
    const metadata = this.decoder.inputMetadata.find((one) => one.name === name);
    const type = metadata?.isTensor === true ? metadata.type : 'float32';
    if (type === 'int64')
      return new Tensor(
        type,
        BigInt64Array.from(values, (one) => BigInt(Math.round(one))),
        sides,
      );
    if (type === 'int32') return new Tensor(type, Int32Array.from(values), sides);
    return new Tensor('float32', Float32Array.from(values), sides);
  }

  private sidesOf(name: string): (number | null)[] {
    const metadata = this.decoder.inputMetadata.find((one) => one.name === name);
    if (metadata?.isTensor !== true) return [];
    return metadata.shape.map((side) => (typeof side === 'number' && side > 0 ? side : null));
  }

  /** The size masks are asked for at: where pictures are squeezed, points are told in it as well, so it is the canvas's. */
  private askedSize({ width, height }: Size): Size {
    const { input } = this.job.mapping;
    if (input.fit === 'squeeze') return { width: input.width, height: input.height };
    const scale = Math.min(1, LARGEST_ASKED_PX / Math.max(width, height));
    return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  }

  private best(results: Feeds, { placement, size }: Seen, asked: Size): Mask | null {
    const { masks: name, scores, input } = this.job.mapping;
    const masks = floats(results, name);
    const [height, width] = masks.dims.slice(-2) as [number, number];
    if (masks.dims.length < 3 || masks.data.length === 0) {
      const message = `output "${name}" is [${masks.dims}]; expected masks [1,M,H,W]`;
      throw new AppError('model-invalid', message, { output: name, got: [...masks.dims] });
    }
    const quality = scores === null ? [0] : [...floats(results, scores).data];
    const at = quality.indexOf(Math.max(...quality)) % (masks.data.length / (width * height));
    const logits = masks.data.subarray(at * width * height, (at + 1) * width * height);
    const isOfPicture = input.fit !== 'squeeze' && width === asked.width && height === asked.height;
    const { xx, x0, yy, y0 } = mapOf(placement);
    const [across, down] = [width / input.width, height / input.height];
    const map = isOfPicture
      ? { xx: width / size.width, x0: 0, yy: height / size.height, y0: 0 }
      : { xx: xx * across, x0: x0 * across, yy: yy * down, y0: y0 * down };
    return grown(logits, { width, height }, size, map);
  }
}

function given(results: Feeds, name: string): Tensor {
  const tensor = results[name];
  if (tensor !== undefined) return tensor;
  const got = Object.keys(results).join(', ');
  throw new AppError('model-invalid', `the first file gives no "${name}"; it gives ${got}`, { output: name });
}

const middleOf = ([left, top, right, bottom]: NonNullable<ClickQuestion['box']>) => {
  return { x: (left + right) / 2, y: (top + bottom) / 2, is_inside: true };
};

interface Stretch {
  readonly xx: number;
  readonly x0: number;
  readonly yy: number;
  readonly y0: number;
}

/** Where logits between those of a small mask are above 0, at the size of the picture; `map`: from its pixels to the mask's. */
function grown(logits: Float32Array, small: Size, size: Size, { xx, x0, yy, y0 }: Stretch): Mask | null {
  let [left, top, right, bottom] = [small.width, small.height, -1, -1];
  for (let y = 0; y < small.height; y++)
    for (let x = 0; x < small.width; x++) {
      if (!(logits[y * small.width + x]! > 0)) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  if (right < 0) return null;
  const within = (at: number, most: number) => Math.min(most, Math.max(0, at));
  const fromX = within(Math.floor((left - 1 - x0) / xx), size.width);
  const toX = within(Math.ceil((right + 2 - x0) / xx), size.width);
  const fromY = within(Math.floor((top - 1 - y0) / yy), size.height);
  const toY = within(Math.ceil((bottom + 2 - y0) / yy), size.height);
  const part = new Uint8Array((toX - fromX) * (toY - fromY));
  for (let y = fromY; y < toY; y++) {
    const v = within((y + 0.5) * yy + y0 - 0.5, small.height - 1);
    const [row, below] = [Math.floor(v), Math.min(small.height - 1, Math.floor(v) + 1)];
    for (let x = fromX; x < toX; x++) {
      const u = within((x + 0.5) * xx + x0 - 0.5, small.width - 1);
      const [column, beside] = [Math.floor(u), Math.min(small.width - 1, Math.floor(u) + 1)];
      const [p, q] = [u - column, v - row];
      const upper = logits[row * small.width + column]! * (1 - p) + logits[row * small.width + beside]! * p;
      const lower = logits[below * small.width + column]! * (1 - p) + logits[below * small.width + beside]! * p;
      part[(y - fromY) * (toX - fromX) + x - fromX] = upper * (1 - q) + lower * q > 0 ? 1 : 0;
    }
  }
  const mask = maskFromPart(part, [fromX, fromY, toX, toY], size);
  return maskArea(mask) === 0 ? null : mask;
}
