/** Whether the CUDA provider can be loaded here, found out without loading anything. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../preload/contract/errors.ts';
import { CUDNN_LIBRARIES, cudaMajorOf, howToGet, nvrtcLibrary, oldestDriver, VENDOR_BUILD } from './cuda-parts.ts';
import { readElf } from './elf.ts';
import type { Finding } from './finding.ts';
import { type Dependency, dependenciesOf, findLibrary, type LoaderPath } from './loader-path.ts';
import { CUDA_PROVIDER, installRecord, PROVIDER_FILES, type RuntimePackage } from './provider-files.ts';

export interface CudaPlace {
  readonly runtime: RuntimePackage;
  readonly loader: LoaderPath;
  /** Where the kernel tells of the driver: `/proc/driver/nvidia`. */
  readonly driverFolder: string;
}

const INSTALL = 'run "npm run setup:cuda", or without a network "npm run setup:cuda -- --from FILE" with FILE from ';

/**
 * What is there and what is missing, by name. Where the provider itself is not there, the rest is what the vendor's build
 * of it wants, so that a machine without a network is supplied in one journey.
 */
export function checkCuda({ runtime, loader, driverFolder }: CudaPlace): Finding[] {
  const { providerFolder: folder, version } = runtime;
  if (folder === null) {
    return [{ name: 'cuda provider', ok: false, found: 'there is a CUDA provider for Linux on x64 alone' }];
  }
  const absent = PROVIDER_FILES.filter((name) => !existsSync(join(folder, name)));
  if (absent.length > 0) {
    const found = `${absent.join(' and ')} not in ${folder}; ${INSTALL}onnxruntime's release ${version} (gpu)`;
    return [{ name: 'cuda provider', ok: false, found }, ...awaited(loader, driverFolder)];
  }
  const provider = join(folder, CUDA_PROVIDER);
  try {
    const major = cudaMajorOf(readElf(provider).needed);
    return [
      providerFinding(folder, version, major),
      librariesFinding(provider, loader, major ?? 0),
      cudnnFinding(provider, loader, major ?? 0),
      driverFinding(driverFolder, major ?? 0),
    ];
  } catch (error) {
    const reason = messageOf(error);
    return [{ name: 'cuda provider', ok: false, found: `${reason}; install it again: npm run setup:cuda` }];
  }
}

function awaited(loader: LoaderPath, driverFolder: string): Finding[] {
  const { cudaMajor, libraries } = VENDOR_BUILD;
  const missing = libraries.filter((library) => findLibrary(library, null, loader) === null);
  const lines = missing.map((library) =>
    describe({ name: library, neededBy: 'the provider', problem: null }, cudaMajor),
  );
  const found = missing.length === 0 ? `all ${libraries.length} found` : lines.join('\n');
  return [
    { name: 'cuda libraries', ok: missing.length === 0, found },
    cudnnFinding(null, loader, cudaMajor),
    driverFinding(driverFolder, cudaMajor),
  ];
}

function providerFinding(folder: string, version: string, major: number | null): Finding {
  const record = installRecord(folder);
  const name = 'cuda provider';
  const built = major === null ? 'which CUDA it wants is not told' : `built for CUDA ${major}`;
  if (record === null) return { name, ok: true, found: `${built}; not installed by setup:cuda, version unknown` };
  const ok = record.version === version;
  const found = ok
    ? `${version}, ${built}`
    : `of version ${record.version}, the runtime is ${version}; ${INSTALL}release ${version}`;
  return { name, ok, found };
}

function librariesFinding(provider: string, loader: LoaderPath, major: number): Finding {
  const all = dependenciesOf(provider, loader);
  const bad = all.filter(({ path, problem }) => path === null || problem !== null);
  const name = 'cuda libraries';
  if (bad.length === 0) return { name, ok: true, found: `all ${all.length} found` };
  const lines = bad.map((library) => describe(library, major));
  return { name, ok: false, found: [...lines, ...otherMajor(bad, loader, provider, major)].join('\n') };
}

function describe({ name, neededBy, problem }: Omit<Dependency, 'path'>, major: number): string {
  return problem === null
    ? `${name} is missing (${neededBy} needs it); ${howToGet(name, major)}`
    : `${name} is damaged: ${problem}; ${howToGet(name, major)}`;
}

const LOOKED_BACK = 3; // major versions before and after the wanted one that are worth a hint

/** A machine set up for another CUDA needs the provider built for that one, not a second CUDA. */
function otherMajor(bad: readonly Dependency[], loader: LoaderPath, provider: string, major: number): string[] {
  if (!bad.some(({ name }) => name === `libcudart.so.${major}`)) return [];
  const others = Array.from({ length: 2 * LOOKED_BACK + 1 }, (_, i) => major - LOOKED_BACK + i);
  const there = others.find((other) => findLibrary(`libcudart.so.${other}`, provider, loader) !== null);
  if (there === undefined) return [];
  return [
    `this machine has CUDA ${there}, the provider wants CUDA ${major}: install the provider built for CUDA ${there}`,
  ];
}

function cudnnFinding(provider: string | null, loader: LoaderPath, major: number): Finding {
  const missing = CUDNN_LIBRARIES.filter((library) => !isThere(library, provider, loader));
  const name = 'cudnn';
  if (missing.length > 0) {
    return { name, ok: false, found: `${missing.join(', ')} missing; ${howToGet(missing[0]!, major)}` };
  }
  const nvrtc = nvrtcLibrary(major);
  const found = isThere(nvrtc, provider, loader)
    ? `all ${CUDNN_LIBRARIES.length} libraries and ${nvrtc} found`
    : `found, without ${nvrtc}: some of its engines are not offered; ${howToGet(nvrtc, major)}`;
  return { name, ok: true, found };
}

/** cuDNN's first library is opened by the provider, its parts by itself: they may lie in a folder of their own. */
function isThere(library: string, provider: string | null, loader: LoaderPath): boolean {
  const first = findLibrary(CUDNN_LIBRARIES[0], provider, loader);
  return (
    findLibrary(library, provider, loader) !== null || (first !== null && findLibrary(library, first, loader) !== null)
  );
}

function driverFinding(folder: string, major: number): Finding {
  const name = 'nvidia driver';
  const file = join(folder, 'version');
  if (!existsSync(file)) {
    return {
      name,
      ok: false,
      found: `no NVIDIA driver is running (${file} is not there); ${howToGet('libcuda.so.1', major)}`,
    };
  }
  const version = /(?:Module(?: for x86_64)?)\s+(\d+(?:\.\d+)+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? null;
  const oldest = oldestDriver(major);
  const cards = existsSync(join(folder, 'gpus')) ? readdirSync(join(folder, 'gpus')).length : null;
  const count = cards === null ? '' : `, ${cards} card${cards === 1 ? '' : 's'}`;
  if (version === null) return { name, ok: true, found: `running, version unknown${count}` };
  const ok = oldest === null || Number(version.split('.')[0]) >= oldest;
  return { name, ok, found: `${version}${count}${ok ? '' : `; CUDA ${major} needs ${oldest} or newer`}` };
}
