/** A Vulkan driver that needs no graphics card: SwiftShader, as Chromium and Electron bring it. */

import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Folders in which both libraries may lie. */
const FOLDERS = [process.env['LIGHTBENCH_SWIFTSHADER'], electronFolder(), '/usr/lib/chromium', '/opt/google/chrome'];

export interface VulkanEnvironment {
  readonly VK_ICD_FILENAMES: string;
  readonly LD_LIBRARY_PATH: string;
}

/** What a child process needs in its environment; null where there is no such driver. */
export const softwareVulkan: VulkanEnvironment | null = findSoftwareVulkan();

function electronFolder(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist');
  } catch {
    return undefined;
  }
}

function findSoftwareVulkan(): VulkanEnvironment | null {
  const names = ['libvk_swiftshader.so', 'libvulkan.so.1'];
  const folder = FOLDERS.find((path) => path !== undefined && names.every((name) => existsSync(join(path, name))));
  if (folder === undefined) return null;
  const manifest = join(mkdtempSync(join(tmpdir(), 'lightbench-vulkan-')), 'swiftshader.json');
  const driver = { library_path: join(folder, names[0]!), api_version: '1.0.5' };
  writeFileSync(manifest, JSON.stringify({ file_format_version: '1.0.0', ICD: driver }));
  return {
    VK_ICD_FILENAMES: manifest,
    LD_LIBRARY_PATH: [folder, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
  };
}
