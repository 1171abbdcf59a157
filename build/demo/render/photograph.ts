/** What a camera makes of the light: exposure, lens, sensor noise, tone curve, sharpening. */

import type { Rng } from '../../../native-models/core/rng.ts';
import { between, chance } from './draw.ts';
import type { Rgb } from './materials.ts';

const SHARPENING_PX = 1; // standard deviation of what the camera's sharpening takes for blur

/** One camera and its settings. Distances are in pixels. */
interface Exposure {
  /** Mean brightness the meter aims for, before the tone curve. */
  readonly meanLevel: number;
  readonly whiteBalance: Rgb;
  readonly vignette01: number;
  readonly blurPx: number;
  readonly shotNoise: number;
  readonly readNoise: number;
  readonly sharpen: number;
  readonly contrast01: number;
}

function drawExposure(rng: Rng): Exposure {
  const isNoisy = chance(rng, 0.15);
  return {
    meanLevel: 0.24 * 2 ** between(rng, -0.5, 0.6),
    whiteBalance: [1 + between(rng, -0.1, 0.1), 1, 1 + between(rng, -0.12, 0.12)],
    vignette01: between(rng, 0, 0.35),
    blurPx: between(rng, 0.35, 0.8),
    shotNoise: between(rng, 0.012, 0.038) * (isNoisy ? 2 : 1),
    readNoise: between(rng, 0.001, 0.005) * (isNoisy ? 2 : 1),
    sharpen: between(rng, 0, 0.5),
    contrast01: between(rng, 0.2, 0.9),
  };
}

/** Turns linear light into an 8-bit sRGB picture. Shapes: [height, width, 3] -> the same. */
export function photograph(rng: Rng, light: Float32Array, width: number, height: number): Uint8Array {
  const exposure = drawExposure(rng);
  expose(rng, exposure, light, width, height);
  const soft = blurred(light, width, height, exposure.blurPx);
  const tones = toneTable(exposure.contrast01);
  for (let i = 0; i < soft.length; i++) soft[i] = tones[Math.min(tones.length - 1, Math.round(soft[i]! * TONE_STEPS))]!;
  const wide = blurred(soft, width, height, SHARPENING_PX);
  const pixels = new Uint8Array(soft.length);
  for (let i = 0; i < soft.length; i++) {
    const sharp = soft[i]! + exposure.sharpen * (soft[i]! - wide[i]!);
    pixels[i] = Math.round(255 * Math.min(1, Math.max(0, sharp)));
  }
  return pixels;
}

/** Near enough to a standard normal for noise in a picture: the sum of the four bytes of one draw, centred and scaled. */
function grain(rng: Rng): number {
  const bits = rng.uniform() * 2 ** 32;
  const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
  return (sum - 510) / BYTE_SUM_DEVIATION;
}

const BYTE_SUM_DEVIATION = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

function meanOf(light: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < light.length; i++) sum += light[i]!;
  return sum / light.length;
}

/** Gain, white balance, vignette and noise, in place. */
function expose(rng: Rng, exposure: Exposure, light: Float32Array, width: number, height: number): void {
  const gain = exposure.meanLevel / meanOf(light);
  const corner = (width * width + height * height) / 4;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const distance = ((x - width / 2) ** 2 + (y - height / 2) ** 2) / corner;
      const falloff = gain * (1 - exposure.vignette01 * distance);
      for (let c = 0; c < 3; c++, i++) {
        const signal = light[i]! * falloff * exposure.whiteBalance[c]!;
        const deviation = exposure.readNoise + exposure.shotNoise * Math.sqrt(signal);
        light[i] = Math.max(0, signal + deviation * grain(rng));
      }
    }
  }
}

const TONE_STEPS = 2048; // per unit of light: fine enough for 8 bits in the shadows, where the curve is steepest
const BRIGHTEST_TONE = 4; // every curve is white from here on

/** The tone curve at every step of light. */
function toneTable(contrast01: number): Float32Array {
  const table = new Float32Array(BRIGHTEST_TONE * TONE_STEPS + 1);
  for (let i = 0; i < table.length; i++) table[i] = toneCurve(i / TONE_STEPS, contrast01);
  return table;
}

/** A soft shoulder for highlights, then sRGB; `contrast01` mixes in a film-like curve. Source: Narkowicz 2015 (ACES). */
function toneCurve(x: number, contrast01: number): number {
  const film = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14);
  const plain = (x * (1 + x / 9)) / (1 + 0.6 * x);
  const linear = Math.min(1, contrast01 * film + (1 - contrast01) * plain);
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}

/** Gaussian blur, edges repeated. */
function blurred(image: Float32Array, width: number, height: number, sigmaPx: number): Float32Array {
  const reach = Math.max(1, Math.ceil(2 * sigmaPx));
  const raw = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-((k - reach) ** 2) / (2 * sigmaPx ** 2)));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = Float64Array.from(raw, (weight) => weight / total);
  const along = blurAxis(image, width, height, 3, weights);
  return blurAxis(along, height, width, 3 * width, weights);
}

/** One axis: lines of `length` pixels `stride` numbers apart. */
function blurAxis(
  image: Float32Array,
  length: number,
  lines: number,
  stride: number,
  weights: Float64Array,
): Float32Array {
  const out = new Float32Array(image.length);
  const reach = (weights.length - 1) / 2;
  const lineStride = stride === 3 ? 3 * length : 3;
  const line = new Float64Array(length + 2 * reach); // one colour of one line, its ends repeated
  for (let start = 0; start < lines * lineStride; start += lineStride) {
    for (let c = start; c < start + 3; c++) {
      for (let i = 0; i < length; i++) line[i + reach] = image[c + i * stride]!;
      line.fill(line[reach]!, 0, reach).fill(line[length + reach - 1]!, length + reach);
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * line[i + k]!;
        out[c + i * stride] = sum;
      }
    }
  }
  return out;
}
