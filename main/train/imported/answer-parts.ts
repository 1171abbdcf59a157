/** What every reader of the answers of a model from elsewhere needs. */

import { clipBox, type Size, type Xyxy } from '../../../native-models/geometry/box.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import type { InputMapping } from '../../../preload/contract/imported-models.ts';
import type { Placement } from '../../images/objects/canvas-view.ts';
import type { Feeds, Tensor } from '../runtime.ts';
import { toPicture } from './picture-input.ts';

/** Fainter things help nobody. */
export const LEAST_SCORE = 0.05;
export const MOST_OBJECTS = 300;

export interface Shown {
  readonly input: InputMapping;
  readonly placement: Placement;
  /** Of the picture. */
  readonly size: Size;
}

/** Boxes of what the model was shown: to pixels of the picture, held inside it. */
export function boxReader(units: 'pixels' | 'fractions', { input, placement, size }: Shown): (box: Xyxy) => Xyxy {
  const [across, down] = units === 'fractions' ? [input.width, input.height] : [1, 1];
  const back = toPicture(placement);
  return ([x0, y0, x1, y1]) => clipBox(back([x0 * across, y0 * down, x1 * across, y1 * down]), size);
}

/** The pixels of a picture that a box touches. */
export const wholePixels = ([x0, y0, x1, y1]: Xyxy, size: Size): Xyxy =>
  clipBox([Math.floor(x0), Math.floor(y0), Math.ceil(x1), Math.ceil(y1)], size);

export function bestFirst(scores: Float32Array): number[] {
  const fitting = [...scores.keys()].filter((i) => scores[i]! >= LEAST_SCORE);
  return fitting.sort((a, b) => scores[b]! - scores[a]! || a - b);
}

export interface Floats {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Errors: model-invalid where the model has no such output, or it is of another type. */
export function floats(results: Feeds, name: string): Floats {
  const tensor = taken(results, name);
  if (tensor.type === 'float32') return tensor as unknown as Floats;
  const message = `output "${name}" is of type ${tensor.type}; expected float32`;
  throw new AppError('model-invalid', message, { output: name, expected: 'float32', got: tensor.type });
}

export function taken(results: Feeds, name: string): Tensor {
  const tensor = results[name];
  if (tensor !== undefined) return tensor;
  const got = Object.keys(results);
  throw new AppError('model-invalid', `the model has no output "${name}"; it has ${got.join(', ')}`, {
    output: name,
    got,
  });
}

export function misfit(name: string, { dims }: Floats, wanted: string): AppError {
  const message = `output "${name}" is [${dims}]; expected ${wanted}`;
  return new AppError('model-invalid', message, { output: name, got: [...dims], expected: wanted });
}
