/**
 * A place where the CUDA provider can be asked for its placement without a card: the runtime with the provider beside
 * it, and libraries that stand in for NVIDIA's (`stand-in.c`). Nothing can be computed there.
 */

import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cudaMajorOf } from '../../main/devices/cuda-parts.ts';
import { readElf } from '../../main/devices/elf.ts';
import { CUDA_PROVIDER, PROVIDER_FILES, runtimePackage } from '../../main/devices/provider-files.ts';
import type { Place } from './placement.ts';

const SOURCE = fileURLToPath(new URL('./stand-in.c', import.meta.url));
const WRITTEN_FOR = 13; // the layout of a card's description changes from one CUDA to the next

/**
 * Builds it in an empty folder from the provider's folder; needs a C compiler named `cc`.
 * Errors: when the provider is built for another CUDA than the stand-in, or there is no compiler.
 */
export function standInPlace(folder: string, providerFolder: string): Place {
  const { needed } = readElf(join(providerFolder, CUDA_PROVIDER));
  const major = cudaMajorOf(needed);
  if (major !== WRITTEN_FOR)
    throw new Error(`the stand-in is for CUDA ${WRITTEN_FOR}, the provider wants CUDA ${major}`);
  const runtimeFolder = copyRuntime(folder, providerFolder);
  const libraries = join(folder, 'lib');
  mkdirSync(libraries);
  const empty = join(folder, 'empty.c');
  writeFileSync(empty, '');
  for (const name of needed.filter((library) => /^libcu/.test(library))) {
    const source = name.startsWith('libcudart') ? SOURCE : empty;
    const flags = ['-w', '-O1', '-shared', '-fPIC', `-Wl,-soname,${name}`];
    compile([...flags, '-o', join(libraries, name), source]);
  }
  return { provider: 'cuda', runtimeFolder, environment: { ...process.env, LD_LIBRARY_PATH: libraries } };
}

function compile(args: readonly string[]): void {
  try {
    execFileSync('cc', args);
  } catch (error) {
    throw new Error(`libraries that stand in for NVIDIA's need a C compiler named cc: ${(error as Error).message}`);
  }
}

/** The runtime looks for providers beside its own library, so it gets a folder of its own. */
function copyRuntime(folder: string, providerFolder: string): string {
  const { providerFolder: original } = runtimePackage();
  if (original === null) throw new Error('the CUDA provider is for Linux on x64');
  const packageFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const modules = join(folder, 'node_modules');
  const copy = join(modules, 'onnxruntime-node');
  const native = join(copy, original.slice(packageFolder.length));
  mkdirSync(native, { recursive: true });
  copyFileSync(join(packageFolder, 'package.json'), join(copy, 'package.json'));
  // Copied, not linked: it looks for its native part from where it really lies.
  cpSync(join(packageFolder, 'dist'), join(copy, 'dist'), { recursive: true });
  symlinkSync(join(packageFolder, '..', 'onnxruntime-common'), join(modules, 'onnxruntime-common'));
  for (const file of readdirSync(original).filter((name) => !PROVIDER_FILES.includes(name as never))) {
    copyFileSync(join(original, file), join(native, file));
  }
  for (const file of PROVIDER_FILES) {
    if (existsSync(join(providerFolder, file))) symlinkSync(join(providerFolder, file), join(native, file));
  }
  return `${folder}/`;
}
