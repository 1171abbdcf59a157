/** The CUDA provider's files: which they are, where the runtime looks for them, which version it wants. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The provider itself, and the bridge through which the runtime loads it. */
export const PROVIDER_FILES = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'] as const;
export const CUDA_PROVIDER = PROVIDER_FILES[0];

/** Written beside the provider by the installer: what was installed, and from where. */
export const INSTALL_RECORD = 'providers-installed.json';

export interface InstallRecord {
  readonly version: string;
  readonly source: string;
  /** SHA-256 in hex, by file name. */
  readonly sha256: Readonly<Record<string, string>>;
}

export interface RuntimePackage {
  readonly version: string;
  /** The folder of the runtime's own library, where it loads providers from; null where there is no CUDA provider. */
  readonly providerFolder: string | null;
}

const BINDING_FOLDER = 'bin/napi-v6/linux/x64';

/** The runtime package as installed. There is a CUDA provider for Linux on x64 alone. */
export function runtimePackage(platform: string = process.platform, arch: string = process.arch): RuntimePackage {
  const description = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  const { version } = JSON.parse(readFileSync(description, 'utf8')) as { version: string };
  const hasProvider = platform === 'linux' && arch === 'x64';
  return { version, providerFolder: hasProvider ? join(dirname(description), BINDING_FOLDER) : null };
}

/** Null where nothing was recorded: the files came some other way. */
export function installRecord(folder: string): InstallRecord | null {
  const file = join(folder, INSTALL_RECORD);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as InstallRecord) : null;
}
