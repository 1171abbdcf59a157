/** A picture as a model from elsewhere wants it, and the way back from what it saw to the picture. */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import type { InputMapping } from '../../../preload/contract/imported-models.ts';
import { drawOnCanvas, mapOf, type Placement } from '../../images/objects/canvas-view.ts';
import type { Pixels } from '../../images/pixels.ts';
import { Tensor } from '../runtime.ts';

/** Of the shorter side, what `crop` keeps. */
const CROPPED_SHARE = 0.875;
/** Source: ITU-R BT.601, as everywhere colour pictures become grey. */
const GREY = [0.299, 0.587, 0.114] as const;

export interface SeenPicture {
  readonly tensor: Tensor;
  readonly placement: Placement;
}

export function seenPicture(pixels: Pixels, input: InputMapping): SeenPicture {
  const placement = placementIn(pixels, input);
  const planes = drawOnCanvas(pixels, placement, input, input.frame);
  return { tensor: tensorOf(planes, input), placement };
}

/** Where a picture of some size comes to lie. */
export function placementIn({ width, height }: Size, { fit, ...canvas }: InputMapping): Placement {
  const whole = { x: 0, y: 0, w: width, h: height };
  const place = (crop: Placement['crop'], paste: Placement['paste']) => ({ crop, paste, isMirrored: false });
  switch (fit) {
    case 'squeeze':
      return place(whole, { x: 0, y: 0, w: canvas.width, h: canvas.height });
    case 'crop':
      return place(middleOf({ width, height }, canvas), { x: 0, y: 0, w: canvas.width, h: canvas.height });
    case 'corner':
    case 'letterbox': {
      const scale = Math.min(canvas.width / width, canvas.height / height);
      const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
      const [x, y] = fit === 'corner' ? [0, 0] : [(canvas.width - w) >> 1, (canvas.height - h) >> 1];
      return place(whole, { x, y, w, h });
    }
    default:
      return fit satisfies never;
  }
}

/** The part of a picture that has the canvas's proportions, in its middle. */
function middleOf({ width, height }: Size, canvas: Size): Placement['crop'] {
  const scale = CROPPED_SHARE * Math.min(width / canvas.width, height / canvas.height);
  const [w, h] = [Math.max(1, Math.round(canvas.width * scale)), Math.max(1, Math.round(canvas.height * scale))];
  return { x: (width - w) >> 1, y: (height - h) >> 1, w, h };
}

/** From pixels of the canvas to pixels of the picture. */
export function toPicture(placement: Placement): (box: Xyxy) => Xyxy {
  const { xx, x0, yy, y0 } = mapOf(placement);
  return ([left, top, right, bottom]) => [(left - x0) / xx, (top - y0) / yy, (right - x0) / xx, (bottom - y0) / yy];
}

/** Shapes: planes [3,H,W] -> by the layout, with a first side of 1 but for `hwc`. */
function tensorOf(planes: Uint8Array, input: InputMapping): Tensor {
  const { width, height, layout, colour, type } = input;
  const area = width * height;
  const order = colour === 'bgr' ? [2, 1, 0] : [0, 1, 2];
  const count = colour === 'grey' ? 1 : 3;
  const values = type === 'uint8' ? new Uint8Array(count * area) : new Float32Array(count * area);
  const [pixelStep, channelStep] = layout === 'nchw' ? [1, area] : [count, 1];
  for (let channel = 0; channel < count; channel++) {
    const from = order[channel]! * area;
    const [mean, deviation] = [input.mean[channel]!, input.deviation[channel]!];
    for (let i = 0; i < area; i++) {
      const level = colour === 'grey' ? greyAt(planes, area, i) : planes[from + i]!;
      values[i * pixelStep + channel * channelStep] =
        type === 'uint8' ? Math.round(level) : (level / input.divisor - mean) / deviation;
    }
  }
  const sides = layout === 'nchw' ? [1, count, height, width] : [1, height, width, count];
  return new Tensor(type, values as Float32Array, layout === 'hwc' ? sides.slice(1) : sides);
}

const greyAt = (planes: Uint8Array, area: number, i: number): number =>
  GREY[0] * planes[i]! + GREY[1] * planes[i + area]! + GREY[2] * planes[i + 2 * area]!;
