/** Puts the CUDA provider's files beside the runtime: looked at before, written aside, renamed, recorded. */

import { createReadStream, existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cudaMajorOf } from '../../main/devices/cuda-parts.ts';
import { ElfError, readElf } from '../../main/devices/elf.ts';
import {
  CUDA_PROVIDER,
  INSTALL_RECORD,
  type InstallRecord,
  PROVIDER_FILES,
  type RuntimePackage,
} from '../../main/devices/provider-files.ts';
import { sha256OfFile } from '../../main/file-digest.ts';
import { toDiskError } from '../../main/store/disk-errors.ts';
import { AppError, messageOf } from '../../preload/contract/errors.ts';
import { fileInside, kindOf } from './given.ts';
import { extractTarGz } from './tar.ts';
import { refuse, wantedFiles } from './wanted.ts';
import { extractZip } from './zip.ts';

export interface Installed {
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly sizeBytes: number; readonly sha256: string }[];
  readonly cudaMajor: number | null;
}

const LARGEST_FILE_BYTES = 2 ** 31; // the provider has some 230 million bytes; twice CUDA's growth fits

/**
 * Installs from a package (.nupkg), a release archive (.tgz) or a folder.
 * Errors: bad-argument when `from` is none of these, is damaged, lacks a file or is of another version;
 * file-missing; device-unavailable where there is no CUDA provider; folder-unwritable; disk-full.
 */
export async function installProvider(
  from: string,
  { version, providerFolder }: RuntimePackage,
  source = from,
): Promise<Installed> {
  if (providerFolder === null) {
    throw new AppError('device-unavailable', 'there is a CUDA provider for Linux on x64 alone');
  }
  const aside = asideFolder(providerFolder);
  try {
    await bring(from, aside);
    for (const name of PROVIDER_FILES) checkFile(from, join(aside, name));
    await checkVersion(from, join(aside, CUDA_PROVIDER), version);
    const files = await Promise.all(PROVIDER_FILES.map((name) => describe(aside, name)));
    const sha256 = Object.fromEntries(files.map(({ name, sha256: hash }) => [name, hash]));
    const record: InstallRecord = { version, source, sha256 };
    writeFileSync(join(aside, INSTALL_RECORD), `${JSON.stringify(record, null, 2)}\n`);
    for (const name of [...PROVIDER_FILES, INSTALL_RECORD]) renameSync(join(aside, name), join(providerFolder, name));
    return {
      folder: providerFolder,
      files,
      cudaMajor: cudaMajorOf(readElf(join(providerFolder, CUDA_PROVIDER)).needed),
    };
  } catch (error) {
    throw toDiskError(error, providerFolder, 'install the CUDA provider');
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** On the same disk as the target, so that the last step is a rename. */
function asideFolder(providerFolder: string): string {
  try {
    return mkdtempSync(join(providerFolder, '.setup-cuda-'));
  } catch (error) {
    const reason = messageOf(error);
    throw new AppError(
      'folder-unwritable',
      `${providerFolder}: ${reason}`,
      { folder: providerFolder },
      { cause: error },
    );
  }
}

async function bring(from: string, aside: string): Promise<void> {
  if (kindOf(from) === 'folder') return bringFromFolder(from, aside);
  const wanted = wantedFiles(from, PROVIDER_FILES, aside, LARGEST_FILE_BYTES);
  if (/\.(?:nupkg|zip)$/i.test(from)) await extractZip(from, wanted);
  else if (/\.(?:tgz|tar\.gz)$/i.test(from)) await extractTarGz(from, wanted);
  else throw refuse(`${from}: give a folder, a package (.nupkg, .zip) or a release archive (.tgz, .tar.gz)`);
}

async function bringFromFolder(from: string, aside: string): Promise<void> {
  for (const name of PROVIDER_FILES) {
    const found = fileInside(from, name, LARGEST_FILE_BYTES);
    if (found !== null) await copyFile(found, join(aside, name));
  }
}

function checkFile(from: string, path: string): void {
  const name = path.split('/').at(-1);
  if (!existsSync(path)) {
    throw refuse(`${from}: holds no ${name}; it takes the GPU package of onnxruntime for Linux x64`);
  }
  try {
    readElf(path);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    throw refuse(`${from}: ${name} is not a shared library of Linux on x64 (${error.message})`);
  }
}

/** The provider carries the version it was built as; one of another version loads and then fails in odd ways. */
async function checkVersion(from: string, provider: string, version: string): Promise<void> {
  const mark = Buffer.from(`\0${version}\0`, 'latin1');
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(provider, { highWaterMark: 1 << 20 })) {
    const window = Buffer.concat([tail, chunk as Buffer]);
    if (window.includes(mark)) return;
    tail = window.subarray(-mark.length);
  }
  throw refuse(`${from}: its CUDA provider is not of version ${version}, which the installed runtime has`);
}

async function describe(folder: string, name: string) {
  const path = join(folder, name);
  return { name, sizeBytes: statSync(path).size, sha256: await sha256OfFile(path) };
}
