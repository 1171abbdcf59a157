import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installProvider } from '../../../build/setup-cuda/install.ts';
import { installRecord, PROVIDER_FILES } from '../../../main/devices/provider-files.ts';
import { type ArchiveFile, tarGzOf, zipOf } from '../../kit/archives.ts';
import { elfBytes } from '../../kit/elf-file.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';

const VERSION = '1.29.0';
const [PROVIDER, SHARED] = PROVIDER_FILES;

/** A provider as the vendor builds it: a library that carries its version. */
const providerBytes = (version = VERSION) =>
  new Uint8Array([...elfBytes({ needed: ['libcudart.so.13'] }), ...new TextEncoder().encode(`\0${version}\0`)]);

const files = (prefix: string, more: readonly ArchiveFile[] = []): ArchiveFile[] => [
  { path: `${prefix}README.md`, bytes: new TextEncoder().encode('read me') },
  { path: `${prefix}${PROVIDER}`, bytes: providerBytes() },
  { path: `${prefix}${SHARED}`, bytes: elfBytes() },
  ...more,
];

/** An open file that says it has so many bytes, and takes none of the disk. */
function holeOf(path: string, sizeBytes: number): number {
  const file = openSync(path, 'w');
  ftruncateSync(file, sizeBytes);
  return file;
}

/** A runtime's folder and an archive beside it. */
function place(name: string, bytes: Uint8Array) {
  const root = tempFolder();
  const providerFolder = join(root, 'runtime');
  mkdirSync(providerFolder);
  const archive = join(root, name);
  writeFileSync(archive, bytes);
  return { archive, providerFolder, runtime: { version: VERSION, providerFolder } };
}

describe('the provider is installed', () => {
  test.each([
    ['a package', 'p.nupkg', zipOf(files('runtimes/linux-x64/native/'))],
    ['a release archive', 'r.tgz', tarGzOf(files('onnxruntime-linux-x64-gpu-1.29.0/lib/'))],
  ])('from %s, with a record of what it is', async (_, name, bytes) => {
    const { archive, providerFolder, runtime } = place(name, bytes);

    const installed = await installProvider(archive, runtime);

    expect(installed).toMatchObject({ folder: providerFolder, cudaMajor: 13 });
    expect(new Uint8Array(readFileSync(join(providerFolder, PROVIDER)))).toEqual(providerBytes());
    expect(readdirSync(providerFolder).sort()).toEqual([...PROVIDER_FILES, 'providers-installed.json'].sort());
    expect(installRecord(providerFolder)).toMatchObject({ version: VERSION, source: archive });
  });

  test('from an unpacked release', async () => {
    const { providerFolder, runtime } = place('unused', new Uint8Array());
    const folder = tempFolder();
    mkdirSync(join(folder, 'lib'));
    writeFileSync(join(folder, 'lib', PROVIDER), providerBytes());
    writeFileSync(join(folder, 'lib', SHARED), elfBytes());

    await installProvider(folder, runtime);

    expect(readdirSync(providerFolder)).toContain(PROVIDER);
  });

  test('under its own name, wherever a path in the archive points', async () => {
    const { archive, providerFolder, runtime } = place('p.nupkg', zipOf(files('../../../etc/')));

    await installProvider(archive, runtime);

    expect(readdirSync(providerFolder)).toContain(PROVIDER);
  });
});

describe('refused, and the runtime is left as it was:', () => {
  const zip = zipOf(files(''));
  const tar = tarGzOf(files(''));
  const link = { path: PROVIDER, bytes: new Uint8Array(), type: '2' };
  test.each<[string, string, Uint8Array, RegExp]>([
    [
      'another version',
      'p.nupkg',
      zipOf([{ path: PROVIDER, bytes: providerBytes('1.27.0') }, ...files('').slice(2)]),
      /not of version 1\.29\.0/,
    ],
    ['a missing file', 'p.nupkg', zipOf(files('').slice(0, 2)), /holds no libonnxruntime_providers_shared\.so/],
    [
      'a file twice',
      'p.nupkg',
      zipOf(files('', [{ path: `again/${SHARED}`, bytes: elfBytes() }])),
      /twice, as .* and as again/,
    ],
    [
      'a wrong checksum',
      'p.nupkg',
      zipOf([{ ...files('')[1]!, crc: 1 }, ...files('').slice(2)]),
      /checksum does not fit/,
    ],
    [
      'a file that unpacks to more than it says',
      'p.nupkg',
      zipOf([{ path: PROVIDER, bytes: new Uint8Array(1 << 22), claimedBytes: 100 }, ...files('').slice(2)]),
      /p\.nupkg: libonnxruntime_providers_cuda\.so has more than 100 bytes/,
    ],
    [
      'a file of more bytes than any provider has',
      'p.nupkg',
      zipOf([{ path: PROVIDER, bytes: new Uint8Array(9), claimedBytes: 2 ** 31 + 1 }, ...files('').slice(2)]),
      /has 2147483649 bytes, more than 2147483648/,
    ],
    [
      'bytes that do not unpack',
      'p.nupkg',
      zipOf([{ path: PROVIDER, bytes: new Uint8Array(9), packed: new Uint8Array(99).fill(255) }]),
      /p\.nupkg: libonnxruntime_providers_cuda\.so is damaged: invalid/,
    ],
    ['a cut zip', 'p.nupkg', zip.slice(0, zip.length - 30), /not a ZIP archive/],
    ['a cut tar', 'r.tgz', tar.slice(0, tar.length - 40), /r\.tgz: .*(?:damaged|ends)/],
    ['a link for a file', 'r.tgz', tarGzOf([link, ...files('').slice(2)]), /is a link/],
    [
      'a text for a library',
      'r.tgz',
      tarGzOf([{ path: PROVIDER, bytes: new Uint8Array(700) }, ...files('').slice(2)]),
      /not a shared library/,
    ],
    ['another kind of file', 'p.rar', zip, /give a folder, a package/],
  ])('%s', async (_, name, bytes, message) => {
    const { archive, providerFolder, runtime } = place(name, bytes);

    const error = await appErrorOf(() => installProvider(archive, runtime));

    expect(error).toMatchObject({ code: 'bad-argument', message: expect.stringMatching(message) });
    expect(readdirSync(providerFolder)).toEqual([]);
  });

  test.each<[string, (path: string) => void, RegExp]>([
    ['a link that leads outside', (path) => symlinkSync('/etc/passwd', path), /is a link to \/etc\/passwd, outside/],
    ['a device', (path) => symlinkSync('/dev/zero', path), /is a link to \/dev\/zero, outside/],
    ['a folder for a file', (path) => mkdirSync(path), /is not a file/],
    ['a pipe', (path) => execFileSync('mkfifo', [path]), /is not a file/],
    ['a file of gigabytes', (path) => closeSync(holeOf(path, 2 ** 31 + 1)), /has 2147483649 bytes, more than/],
    ['a text', (path) => writeFileSync(path, 'GROUP ( libm.so )'), /is not a shared library/],
  ])('in a folder %s', async (_, make, message) => {
    const { providerFolder, runtime } = place('unused', new Uint8Array());
    const folder = tempFolder();
    make(join(folder, PROVIDER));
    writeFileSync(join(folder, SHARED), elfBytes());

    const error = await appErrorOf(() => installProvider(folder, runtime));

    expect(error).toMatchObject({ code: 'bad-argument', message: expect.stringMatching(message) });
    expect(readdirSync(providerFolder)).toEqual([]);
  });

  test('a pipe for an archive', async () => {
    const { runtime } = place('unused', new Uint8Array());
    const pipe = join(tempFolder(), 'p.nupkg');
    execFileSync('mkfifo', [pipe]);

    expect((await appErrorOf(() => installProvider(pipe, runtime))).message).toContain('neither a file nor a folder');
  });

  test('a file that is not there, and a machine without a CUDA provider', async () => {
    const { runtime } = place('unused', new Uint8Array());

    expect(await appErrorOf(() => installProvider('/no/such.nupkg', runtime))).toMatchObject({ code: 'file-missing' });
    const elsewhere = { version: VERSION, providerFolder: null };
    expect(await appErrorOf(() => installProvider('/no', elsewhere))).toMatchObject({ code: 'device-unavailable' });
  });
});
