/** Whether WebGPU has what it stands on here: the Vulkan loader and a driver's manifest. Loads nothing. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './finding.ts';
import { findLibrary, type LoaderPath } from './loader-path.ts';

export interface WebgpuPlace {
  readonly platform: string;
  /** Any file the loader's search starts from: the runtime's own library. */
  readonly asker: string;
  readonly loader: LoaderPath;
  readonly environment: NodeJS.ProcessEnv;
  /** Folders of driver manifests. */
  readonly manifestFolders: readonly string[];
}

/** Source: Vulkan loader, "Driver discovery" on Linux. */
export const MANIFEST_FOLDERS = ['/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/usr/share/vulkan/icd.d'];
const NAMED_BY = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'];
const LOADER = 'libvulkan.so.1';

/** Elsewhere than on Linux the system's own graphics interface serves, and there is nothing to look for. */
export function checkWebgpu({ platform, asker, loader, environment, manifestFolders }: WebgpuPlace): Finding[] {
  if (platform !== 'linux') return [];
  const library = findLibrary(LOADER, asker, loader);
  const named = NAMED_BY.flatMap((name) => (environment[name] ?? '').split(':')).filter((file) => file !== '');
  const listed = manifestFolders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.json'))
        .map((file) => join(folder, file)),
    );
  const manifests = (named.length > 0 ? named : listed).filter((file) => existsSync(file));
  return [
    {
      name: 'vulkan loader',
      ok: library !== null,
      found: library ?? `${LOADER} is missing; the system's package libvulkan1 brings it`,
    },
    {
      name: 'vulkan driver',
      ok: manifests.length > 0,
      found:
        manifests.length > 0
          ? manifests.join(', ')
          : "no driver manifest; install the graphics card's driver (for AMD and Intel: mesa-vulkan-drivers)",
    },
  ];
}
