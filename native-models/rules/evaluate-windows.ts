/** Reference evaluation of the primitives that slide windows over maps or work channel by channel. NCHW, float64. */

import { type ConvAttrs, type PoolAttrs, type PrimAttrs, slidingSize } from '../core/primitives.ts';
import { sizeOf } from '../core/shape.ts';
import type { NdArray } from './nd-array.ts';

type Sizes = readonly [n: number, c: number, h: number, w: number];

/** Calls `visit` with flat indices (input, weight, output) for every product a convolution adds up. */
function eachProduct(
  x: readonly number[],
  weight: readonly number[],
  { strides, pads, dilations, group }: ConvAttrs,
  visit: (input: number, weightAt: number, output: number) => void,
): readonly number[] {
  const [n, c, h, w] = x as unknown as Sizes;
  const [k, perGroup, kh, kw] = weight as unknown as Sizes;
  const ho = slidingSize(h, kh, strides[0], dilations[0], pads[0] + pads[2]);
  const wo = slidingSize(w, kw, strides[1], dilations[1], pads[1] + pads[3]);
  for (let image = 0; image < n; image++)
    for (let out = 0; out < k; out++)
      for (let part = 0; part < perGroup; part++) {
        const channel = Math.floor(out / (k / group)) * perGroup + part;
        for (let i = 0; i < kh; i++)
          for (let j = 0; j < kw; j++)
            for (let row = 0; row < ho; row++) {
              const y = row * strides[0] + i * dilations[0] - pads[0];
              if (y < 0 || y >= h) continue;
              for (let column = 0; column < wo; column++) {
                const across = column * strides[1] + j * dilations[1] - pads[1];
                if (across < 0 || across >= w) continue;
                visit(
                  ((image * c + channel) * h + y) * w + across,
                  ((out * perGroup + part) * kh + i) * kw + j,
                  ((image * k + out) * ho + row) * wo + column,
                );
              }
            }
      }
  return [n, k, ho, wo];
}

export function conv([x, weight, bias]: readonly NdArray[], attrs: ConvAttrs): NdArray[] {
  const shape = eachProduct([0, ...x!.shape.slice(1)], weight!.shape, attrs, () => {}).with(0, x!.shape[0]!);
  const data = new Float64Array(sizeOf(shape));
  eachProduct(x!.shape, weight!.shape, attrs, (i, w, o) => {
    data[o]! += x!.data[i]! * weight!.data[w]!;
  });
  if (bias !== undefined) {
    const area = shape[2]! * shape[3]!;
    data.forEach((_, i) => {
      data[i]! += bias.data[Math.floor(i / area) % shape[1]!]!;
    });
  }
  return [{ shape, data }];
}

export function convInputGrad([g, weight]: readonly NdArray[], attrs: PrimAttrs['ConvInputGrad']): NdArray[] {
  const data = new Float64Array(sizeOf(attrs.inputShape));
  eachProduct(attrs.inputShape, weight!.shape, attrs, (i, w, o) => {
    data[i]! += g!.data[o]! * weight!.data[w]!;
  });
  return [{ shape: attrs.inputShape, data }];
}

export function convWeightGrad([x, g]: readonly NdArray[], attrs: PrimAttrs['ConvWeightGrad']): NdArray[] {
  const data = new Float64Array(sizeOf(attrs.weightShape));
  eachProduct(x!.shape, attrs.weightShape, attrs, (i, w, o) => {
    data[w]! += x!.data[i]! * g!.data[o]!;
  });
  return [{ shape: attrs.weightShape, data }];
}

/** Calls `visit` once per window with its output index and the input indices inside the map, rows first. */
function eachWindow(
  shape: readonly number[],
  { kernel, strides, pads }: PoolAttrs,
  visit: (output: number, inside: readonly number[]) => void,
): readonly number[] {
  const [n, c, h, w] = shape as unknown as Sizes;
  const ho = slidingSize(h, kernel[0], strides[0], 1, pads[0] + pads[2]);
  const wo = slidingSize(w, kernel[1], strides[1], 1, pads[1] + pads[3]);
  for (let plane = 0; plane < n * c; plane++)
    for (let row = 0; row < ho; row++)
      for (let column = 0; column < wo; column++) {
        const inside: number[] = [];
        for (let i = 0; i < kernel[0]; i++)
          for (let j = 0; j < kernel[1]; j++) {
            const y = row * strides[0] + i - pads[0];
            const across = column * strides[1] + j - pads[1];
            if (y >= 0 && y < h && across >= 0 && across < w) inside.push((plane * h + y) * w + across);
          }
        visit((plane * ho + row) * wo + column, inside);
      }
  return [n, c, ho, wo];
}

const pooledSize = (x: NdArray, attrs: PoolAttrs): readonly number[] =>
  eachWindow([0, ...x.shape.slice(1)], attrs, () => {}).with(0, x.shape[0]!);

/** Second output: where in the flat input the maximum stood; the first one of equals, rows first. */
export function maxPool([x]: readonly NdArray[], attrs: PoolAttrs): NdArray[] {
  const shape = pooledSize(x!, attrs);
  const data = new Float64Array(sizeOf(shape));
  const indices = new Float64Array(sizeOf(shape));
  eachWindow(x!.shape, attrs, (output, inside) => {
    const best = inside.reduce((at, candidate) => (x!.data[candidate]! > x!.data[at]! ? candidate : at));
    data[output] = x!.data[best]!;
    indices[output] = best;
  });
  return [
    { shape, data },
    { shape, data: indices },
  ];
}

export function maxPoolGrad([g, indices]: readonly NdArray[], attrs: PrimAttrs['MaxPoolGrad']): NdArray[] {
  const data = new Float64Array(sizeOf(attrs.inputShape));
  indices!.data.forEach((target, i) => {
    data[target]! += g!.data[i]!;
  });
  return [{ shape: attrs.inputShape, data }];
}

export function averagePool([x]: readonly NdArray[], attrs: PrimAttrs['AveragePool']): NdArray[] {
  const shape = pooledSize(x!, attrs);
  const data = new Float64Array(sizeOf(shape));
  eachWindow(x!.shape, attrs, (output, inside) => {
    const sum = inside.reduce((total, at) => total + x!.data[at]!, 0);
    data[output] = sum / (attrs.countPads ? attrs.kernel[0] * attrs.kernel[1] : inside.length);
  });
  return [{ shape, data }];
}

export function averagePoolGrad([g]: readonly NdArray[], attrs: PrimAttrs['AveragePoolGrad']): NdArray[] {
  const data = new Float64Array(sizeOf(attrs.inputShape));
  eachWindow(attrs.inputShape, attrs, (output, inside) => {
    const share = g!.data[output]! / (attrs.countPads ? attrs.kernel[0] * attrs.kernel[1] : inside.length);
    for (const at of inside) data[at]! += share;
  });
  return [{ shape: attrs.inputShape, data }];
}

function channelSums(shape: readonly number[], value: (i: number, channel: number) => number): Float64Array {
  const [, c, h, w] = shape as unknown as Sizes;
  const sums = new Float64Array(c);
  for (let i = 0; i < sizeOf(shape); i++) {
    const channel = Math.floor(i / (h * w)) % c;
    sums[channel]! += value(i, channel);
  }
  return sums;
}

const channelOf = (shape: readonly number[]) => (i: number) => Math.floor(i / (shape[2]! * shape[3]!)) % shape[1]!;

/** Outputs: mean [C], variance [C] (population form). */
export function channelMoments([x]: readonly NdArray[]): NdArray[] {
  const channels = x!.shape[1]!;
  const count = sizeOf(x!.shape) / channels;
  const mean = channelSums(x!.shape, (i) => x!.data[i]!).map((sum) => sum / count);
  const variance = channelSums(x!.shape, (i, c) => (x!.data[i]! - mean[c]!) ** 2).map((sum) => sum / count);
  return [mean, variance].map((data) => ({ shape: [channels], data }));
}

/** Outputs: y, batch mean [C], batch variance [C] (population form). */
export function batchNormTrain([x, scale, bias]: readonly NdArray[], attrs: { readonly epsilon: number }): NdArray[] {
  const vectors = channelMoments([x!]);
  return [...batchNormInference([x!, scale!, bias!, ...vectors], attrs), ...vectors];
}

export function batchNormInference(inputs: readonly NdArray[], attrs: { readonly epsilon: number }): NdArray[] {
  const [x, scale, bias, mean, variance] = inputs as [NdArray, NdArray, NdArray, NdArray, NdArray];
  const channel = channelOf(x.shape);
  const data = x.data.map((value, i) => {
    const c = channel(i);
    const normal = (value - mean.data[c]!) / Math.sqrt(variance.data[c]! + attrs.epsilon);
    return scale.data[c]! * normal + bias.data[c]!;
  });
  return [{ shape: x.shape, data }];
}

/**
 * Outputs: dx, dscale, dbias.
 * Source: Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167, section 3, with the two sums taken out.
 */
export function batchNormGrad(inputs: readonly NdArray[], attrs: { readonly epsilon: number }): NdArray[] {
  const [g, x, scale, mean, variance] = inputs as [NdArray, NdArray, NdArray, NdArray, NdArray];
  const channel = channelOf(x.shape);
  const inverse = variance.data.map((v) => 1 / Math.sqrt(v + attrs.epsilon));
  const normal = (i: number, c: number) => (x.data[i]! - mean.data[c]!) * inverse[c]!;
  const dBias = channelSums(x.shape, (i) => g.data[i]!);
  const dScale = channelSums(x.shape, (i, c) => g.data[i]! * normal(i, c));
  const count = sizeOf(x.shape) / x.shape[1]!;
  const dx = g.data.map((value, i) => {
    const c = channel(i);
    return scale.data[c]! * inverse[c]! * (value - dBias[c]! / count - (normal(i, c) * dScale[c]!) / count);
  });
  return [
    { shape: x.shape, data: dx },
    { shape: scale.shape, data: dScale },
    { shape: scale.shape, data: dBias },
  ];
}
