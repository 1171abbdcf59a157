/** Weights before training. Each parameter's numbers depend on the seed and its name alone. */

import { assert } from '../core/assert.ts';
import { rngFrom } from '../core/rng.ts';
import { type Shape, sizeOf } from '../core/shape.ts';

export type Init =
  | { readonly kind: 'constant'; readonly value: number }
  /** The same few values over and over. */
  | { readonly kind: 'repeated'; readonly values: readonly number[] }
  /** Source: He et al. 2015, https://arxiv.org/abs/1502.01852; gain of ReLU, fan as in torchvision's models. */
  | { readonly kind: 'kaiming-normal'; readonly fan: 'in' | 'out' }
  | { readonly kind: 'normal'; readonly deviation: number }
  /** Uniform in ±1/sqrt(fan in): what torch gives a linear layer's weight and bias. */
  | { readonly kind: 'uniform-fan-in'; readonly fanIn: number };

export const zeros: Init = { kind: 'constant', value: 0 };
export const ones: Init = { kind: 'constant', value: 1 };

export function initialValues(name: string, shape: Shape, init: Init, seed: number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  const draw = drawer(shape, init, seed, name);
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return values;
}

function drawer(shape: Shape, init: Init, seed: number, name: string): () => number {
  const rng = rngFrom(seed, 'weights', name);
  switch (init.kind) {
    case 'constant':
      return () => init.value;
    case 'repeated': {
      let next = 0;
      return () => init.values[next++ % init.values.length]!;
    }
    case 'normal':
      return () => init.deviation * rng.normal();
    case 'uniform-fan-in': {
      const bound = 1 / Math.sqrt(init.fanIn);
      return () => bound * (2 * rng.uniform() - 1);
    }
    case 'kaiming-normal': {
      assert(shape.length >= 2, `${name}: a fan needs two axes or more`);
      const receptive = sizeOf(shape.slice(2));
      const fan = (init.fan === 'in' ? shape[1]! : shape[0]!) * receptive;
      const deviation = Math.sqrt(2 / fan);
      return () => deviation * rng.normal();
    }
    default:
      return init satisfies never;
  }
}
