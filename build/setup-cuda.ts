/**
 * `npm run setup:cuda [-- --from FILE|FOLDER] [--sha256 HEX]`: brings the CUDA provider for the pinned runtime, from its
 * vendor, or from a package, archive or folder that is here. `--sha256` compares the file's hash first.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkCuda } from '../main/devices/check-cuda.ts';
import { systemLoaderPath } from '../main/devices/loader-path.ts';
import { runtimePackage } from '../main/devices/provider-files.ts';
import { sha256OfFile } from '../main/file-digest.ts';
import { AppError } from '../preload/contract/errors.ts';
import { commandOptions } from './command-options.ts';
import { kindOf } from './setup-cuda/given.ts';
import { installProvider } from './setup-cuda/install.ts';
import { download, vendorPackage } from './setup-cuda/vendor.ts';
import { refuse } from './setup-cuda/wanted.ts';

const values = commandOptions({ from: { type: 'string' }, sha256: { type: 'string' } });
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

try {
  await setUp();
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`setup:cuda: ${error.message}\n`);
  process.exitCode = 1;
}

async function setUp(): Promise<void> {
  if (values.from === '') throw refuse('--from takes a file or a folder, got nothing');
  if (values.from === undefined) await fromVendor();
  else await fromFile(resolve(values.from));
  sayFindings();
}

async function fromFile(from: string): Promise<void> {
  if (values.sha256 !== undefined) await compareHash(from, values.sha256);
  await install(from, from);
}

async function fromVendor(): Promise<void> {
  const wanted = vendorPackage();
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-cuda-'));
  const file = join(folder, 'provider.nupkg');
  try {
    say(`fetching ${wanted.name} ${wanted.version}: some 200 MB`);
    const { address, isVerified } = await download(wanted, file, sayProgress());
    if (values.sha256 !== undefined) await compareHash(file, values.sha256);
    say(isVerified ? `its hash is the one the vendor published` : 'the vendor published no hash to compare');
    await install(file, address);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sayProgress(): (bytes: number) => void {
  const every = 32 << 20;
  let next = every;
  return (bytes) => {
    if (bytes < next) return;
    say(`  ${Math.floor(bytes / 1e6)} MB`);
    next += every;
  };
}

async function install(from: string, source: string): Promise<void> {
  const { folder, files, cudaMajor } = await installProvider(from, runtimePackage(), source);
  say(`installed in ${folder}:`);
  for (const { name, sizeBytes, sha256 } of files)
    say(`  ${name}, ${(sizeBytes / 1e6).toFixed(1)} MB, sha256 ${sha256}`);
  say(cudaMajor === null ? 'it does not tell which CUDA it wants' : `it is built for CUDA ${cudaMajor}`);
}

/** Errors: bad-argument for a folder, which has no hash, and for a file of another one; file-missing. */
async function compareHash(file: string, expected: string): Promise<void> {
  if (!/^[0-9a-f]{64}$/i.test(expected)) throw refuse(`--sha256 takes 64 hexadecimal digits, got "${expected}"`);
  if (kindOf(file) === 'folder') throw refuse(`${file}: is a folder; --sha256 is for a package or an archive`);
  const got = await sha256OfFile(file);
  if (got === expected.toLowerCase()) return;
  throw refuse(`${file}: SHA-256 is ${got}, --sha256 says ${expected}`);
}

function sayFindings(): void {
  const loader = systemLoaderPath(process.env);
  const findings = checkCuda({ runtime: runtimePackage(), loader, driverFolder: '/proc/driver/nvidia' });
  say('');
  for (const { name, ok, found } of findings) say(`${ok ? 'ok     ' : 'missing'}  ${name}: ${found}`);
  say(
    findings.every(({ ok }) => ok)
      ? '\nnow: npm run lightbench -- doctor --device cuda'
      : '\ninstall what is missing, then: npm run lightbench -- doctor --device cuda',
  );
}
