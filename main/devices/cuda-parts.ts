/**
 * The parts a CUDA provider is put together from, and where each comes from.
 * Source: NVIDIA's CUDA installation guide for Linux (package names), CUDA release notes, table "minimum required driver
 * version", cuDNN 9 installation guide (its split libraries).
 */

/** What the provider that the vendor publishes for the pinned runtime is linked to (`readelf -d`), the system's own apart. */
export const VENDOR_BUILD = {
  cudaMajor: 13,
  libraries: ['libcublasLt.so.13', 'libcublas.so.13', 'libcurand.so.10', 'libcudart.so.13', 'libcuda.so.1'],
} as const;

/** cuDNN 9 is one name and these parts, which it opens itself when a convolution is first run. */
export const CUDNN_LIBRARIES = [
  'libcudnn.so.9',
  'libcudnn_graph.so.9',
  'libcudnn_ops.so.9',
  'libcudnn_cnn.so.9',
  'libcudnn_heuristic.so.9',
  'libcudnn_engines_precompiled.so.9',
  'libcudnn_engines_runtime_compiled.so.9',
] as const;

/** Opened by cuDNN's engines that are compiled at run time; absent, those engines are not offered. */
export const nvrtcLibrary = (cudaMajor: number): string =>
  cudaMajor >= 12 ? `libnvrtc.so.${cudaMajor}` : 'libnvrtc.so';

/** Oldest driver branch by CUDA major version. */
const OLDEST_DRIVER: ReadonlyMap<number, number> = new Map([
  [11, 450],
  [12, 525],
  [13, 580],
]);

/** Null for a major version that is not known here. */
export const oldestDriver = (cudaMajor: number): number | null => OLDEST_DRIVER.get(cudaMajor) ?? null;

interface Part {
  readonly prefix: string;
  readonly what: string;
  /** System package and Python wheel; `#` stands for the CUDA major version. */
  readonly system: string;
  readonly wheel: string;
}

const PARTS: readonly Part[] = [
  { prefix: 'libcudart.', what: 'CUDA runtime', system: 'cuda-cudart-#-*', wheel: 'nvidia-cuda-runtime' },
  { prefix: 'libcublas', what: 'cuBLAS', system: 'libcublas-#-*', wheel: 'nvidia-cublas' },
  { prefix: 'libcurand.', what: 'cuRAND', system: 'libcurand-#-*', wheel: 'nvidia-curand' },
  { prefix: 'libcufft.', what: 'cuFFT', system: 'libcufft-#-*', wheel: 'nvidia-cufft' },
  { prefix: 'libnvrtc.', what: 'NVRTC', system: 'cuda-nvrtc-#-*', wheel: 'nvidia-cuda-nvrtc' },
  { prefix: 'libcudnn', what: 'cuDNN 9', system: 'cudnn9-cuda-#', wheel: 'nvidia-cudnn' },
];

const FIRST_WITHOUT_SUFFIX = 13; // wheels for CUDA 13 dropped the `-cu12` kind of suffix, cuDNN's kept it

/** How to get a library, in words; works without a network when the files are brought from elsewhere. */
export function howToGet(library: string, cudaMajor: number): string {
  if (library === 'libcuda.so.1') {
    const driver = oldestDriver(cudaMajor);
    return `comes with the NVIDIA driver${driver === null ? '' : `, ${driver} or newer`}`;
  }
  const part = PARTS.find(({ prefix }) => library.startsWith(prefix));
  if (part === undefined) return 'comes with the system';
  const hasSuffix = cudaMajor < FIRST_WITHOUT_SUFFIX || part.what.startsWith('cuDNN');
  const wheel = hasSuffix ? `${part.wheel}-cu${cudaMajor}` : part.wheel;
  const system = part.system.replace('#', String(cudaMajor));
  return `${part.what}: NVIDIA's package ${system}, or the wheel ${wheel} with its lib folder in LD_LIBRARY_PATH`;
}

/** Major version of CUDA that a library was built for, from what it needs; null when it does not say. */
export function cudaMajorOf(needed: readonly string[]): number | null {
  const version = needed.map((name) => /^libcudart\.so\.(\d+)/.exec(name)?.[1]).find((major) => major !== undefined);
  return version === undefined ? null : Number(version);
}
