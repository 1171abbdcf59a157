/**
 * What a device's own words mean, and what to do. The runtime writes the useful part to standard error, so what is
 * explained is the error's message together with the process's last lines.
 */

import { stripVTControlCharacters } from 'node:util';
import { AppError } from '../../preload/contract/errors.ts';
import type { Device } from './device.ts';
import { familyOf } from './device.ts';

interface Sign {
  readonly pattern: RegExp;
  readonly code: 'device-unavailable' | 'out-of-memory';
  /** `$1` stands for what the pattern's group found. */
  readonly meaning: string;
}

const SEE_DOCTOR = '"lightbench doctor" names what is missing';

/** The first that fits counts, so the particular stands before the general. */
const CUDA_SIGNS: readonly Sign[] = [
  {
    pattern: /(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/,
    code: 'device-unavailable',
    meaning: `the shared library $1 is missing; ${SEE_DOCTOR} and how to get it`,
  },
  {
    pattern: /requires cuDNN|(?:cannot|failed to|could not) load.{0,40}cudnn/i,
    code: 'device-unavailable',
    meaning: `cuDNN 9 is missing; ${SEE_DOCTOR} and how to get it`,
  },
  {
    pattern: /out of memory|failed to allocate memory|BFCArena|CUDNN_STATUS_ALLOC_FAILED|CUDA failure 2\b/i,
    code: 'out-of-memory',
    meaning: 'the card has too little memory; reduce training_batch_size or the crop sizes',
  },
  {
    pattern: /no kernel image|CUDA (?:error|failure) 209\b/i,
    code: 'device-unavailable',
    meaning: 'the card is of a generation the CUDA provider has no code for',
  },
  {
    pattern: /driver version is insufficient|CUDA (?:error|failure) 35\b/i,
    code: 'device-unavailable',
    meaning: "the NVIDIA driver is too old for the provider's CUDA; install a newer one",
  },
  {
    pattern: /invalid device ordinal|CUDA (?:error|failure) 101\b|invalid device_id/i,
    code: 'device-unavailable',
    meaning: 'there is no card of this number',
  },
  {
    pattern: /no CUDA-capable device|CUDA (?:error|failure) 100\b/i,
    code: 'device-unavailable',
    meaning: 'the driver shows no CUDA card',
  },
  {
    pattern: /Failed to load shared library|providers_(?:cuda|shared)\.so/,
    code: 'device-unavailable',
    meaning: `the CUDA provider cannot be loaded; ${SEE_DOCTOR}`,
  },
  { pattern: /CUDA|CUBLAS|CUDNN|CURAND/i, code: 'device-unavailable', meaning: 'the card failed' },
];

const WEBGPU_SIGNS: readonly Sign[] = [
  {
    pattern: /Couldn't load Vulkan/i,
    code: 'device-unavailable',
    meaning: 'the Vulkan loader libvulkan.so.1 is missing; the system package libvulkan1 brings it',
  },
  {
    pattern: /No supported adapters|failed to get a WebGPU adapter/i,
    code: 'device-unavailable',
    meaning: "no graphics driver that WebGPU can use; install the card's Vulkan driver",
  },
  {
    pattern: /shader-f16|\bf16\b.{0,60}not (?:enabled|supported)/i,
    code: 'device-unavailable',
    meaning: 'the graphics card has no half precision',
  },
  {
    pattern: /out of memory|failed to allocate|exceeds the max buffer size/i,
    code: 'out-of-memory',
    meaning: 'the graphics card has too little memory; reduce training_batch_size or the crop sizes',
  },
  {
    pattern: /device (?:is |was )?lost/i,
    code: 'device-unavailable',
    meaning: 'the graphics card stopped answering; its driver was reset',
  },
  { pattern: /WebGPU|Vulkan|Dawn|wgpu/i, code: 'device-unavailable', meaning: 'the graphics card failed' },
];

/** What the runtime says of a node that has no kernel on the device. */
const FALLBACK: Sign = {
  pattern: /(?:disable_cpu_ep_fallback|fallback to CPU EP has been explicitly disabled)/i,
  code: 'device-unavailable',
  meaning: 'the device lacks an operation of this model, and nothing is computed on the CPU in its place',
};

const SIGNS = { cpu: [], cuda: [FALLBACK, ...CUDA_SIGNS], webgpu: [FALLBACK, ...WEBGPU_SIGNS] } as const;

/**
 * The failure of a device in a person's words, with the device's own behind them; null when `text` speaks of none.
 * `text`: an error's message and, where there are, the last lines of its process.
 */
export function explainDeviceFailure(device: Device, text: string): AppError | null {
  const signs: readonly Sign[] = SIGNS[familyOf(device)];
  for (const { pattern, code, meaning } of signs) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const words = meaning.replace('$1', found[1] ?? '');
    return new AppError(code, `${device}: ${words}\n${lastLines(text)}`, { device, words: text });
  }
  return null;
}

const KEPT_LINES = 8;

function lastLines(text: string): string {
  const lines = stripVTControlCharacters(text).split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .slice(-KEPT_LINES)
    .join('\n');
}
