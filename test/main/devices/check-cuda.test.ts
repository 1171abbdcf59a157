import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkCuda } from '../../../main/devices/check-cuda.ts';
import { CUDNN_LIBRARIES } from '../../../main/devices/cuda-parts.ts';
import type { LoaderPath } from '../../../main/devices/loader-path.ts';
import { INSTALL_RECORD, PROVIDER_FILES } from '../../../main/devices/provider-files.ts';
import { writeElf } from '../../kit/elf-file.ts';
import { tempFolder } from '../../kit/folders.ts';

interface Machine {
  readonly libraries: readonly string[];
  readonly driver: string | null;
  readonly recorded?: string;
  /** Null: not installed. */
  readonly needed: readonly string[] | null;
}

const CUDA_13 = ['libcudart.so.13', 'libcublas.so.13', 'libcublasLt.so.13', 'libcuda.so.1'];
const WHOLE: Machine = {
  libraries: [...CUDA_13, ...CUDNN_LIBRARIES, 'libnvrtc.so.13'],
  driver: '580.65.06',
  recorded: '1.29.0',
  needed: CUDA_13,
};

/** The findings by name on a machine with just these files. */
function findingsOn({ libraries, driver, recorded, needed }: Machine) {
  const root = tempFolder();
  const [providerFolder, libraryFolder, driverFolder] = ['provider', 'lib', 'driver'].map((name) => join(root, name));
  mkdirSync(providerFolder!);
  if (needed !== null) for (const file of PROVIDER_FILES) writeElf(join(providerFolder!, file), { needed });
  if (recorded !== undefined) {
    writeFileSync(
      join(providerFolder!, INSTALL_RECORD),
      JSON.stringify({ version: recorded, source: 'x', sha256: {} }),
    );
  }
  for (const library of libraries) writeElf(join(libraryFolder!, library));
  if (driver !== null) {
    mkdirSync(join(driverFolder!, 'gpus', '0000:01:00.0'), { recursive: true });
    const text = `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  ${driver}  Release Build\nGCC version: 12\n`;
    writeFileSync(join(driverFolder!, 'version'), text);
  }
  const loader: LoaderPath = { environmentFolders: [libraryFolder!], cache: new Map(), systemFolders: [] };
  const findings = checkCuda({
    runtime: { version: '1.29.0', providerFolder: providerFolder! },
    loader,
    driverFolder: driverFolder!,
  });
  return new Map(findings.map(({ name, ok, found }) => [name, { ok, found }] as const));
}

test('a whole machine has nothing to complain of', () => {
  const findings = findingsOn(WHOLE);

  expect([...findings.values()].map(({ ok }) => ok)).toEqual([true, true, true, true]);
  expect(findings.get('cuda provider')!.found).toBe('1.29.0, built for CUDA 13');
  expect(findings.get('nvidia driver')!.found).toBe('580.65.06, 1 card');
});

test('a missing provider is said with how to install it', () => {
  const findings = findingsOn({ ...WHOLE, needed: null });

  expect(findings.get('cuda provider')!.found).toMatch(/libonnxruntime_providers_cuda\.so.*setup:cuda.*--from/);
  expect([...findings].filter(([, { ok }]) => !ok).map(([name]) => name)).toEqual(['cuda provider', 'cuda libraries']);
  expect(findings.get('cuda libraries')!.found).toMatch(
    /^libcurand\.so\.10 is missing \(the provider needs it\); cuRAND/,
  );
});

test('a bare machine is told all that it lacks at once', () => {
  const findings = findingsOn({ libraries: [], driver: null, needed: null });

  expect([...findings].map(([name, { ok }]) => [name, ok])).toEqual([
    ['cuda provider', false],
    ['cuda libraries', false],
    ['cudnn', false],
    ['nvidia driver', false],
  ]);
  expect(findings.get('cuda libraries')!.found.split('\n')).toHaveLength(5);
});

test('every missing library is named with where it comes from', () => {
  const { ok, found } = findingsOn({ ...WHOLE, libraries: ['libcudart.so.13'] }).get('cuda libraries')!;

  expect(ok).toBe(false);
  expect(found).toMatch(/libcublas\.so\.13 is missing .*libonnxruntime_providers_cuda\.so needs it.*libcublas-13-\*/);
  expect(found).toMatch(/libcublasLt\.so\.13 is missing/);
  expect(found).toMatch(/libcuda\.so\.1 is missing .*NVIDIA driver, 580 or newer/);
  expect(found).not.toContain('libcudart');
});

test('CUDA of another major version is recognised', () => {
  const libraries = WHOLE.libraries.map((name) => name.replace('.so.13', '.so.12'));

  expect(findingsOn({ ...WHOLE, libraries }).get('cuda libraries')!.found).toContain(
    'this machine has CUDA 12, the provider wants CUDA 13',
  );
});

test('each part of cuDNN is looked for, since they are opened late', () => {
  const libraries = WHOLE.libraries.filter((name) => !name.startsWith('libcudnn_cnn'));
  const { ok, found } = findingsOn({ ...WHOLE, libraries }).get('cudnn')!;

  expect(ok).toBe(false);
  expect(found).toMatch(/^libcudnn_cnn\.so\.9 missing; .*nvidia-cudnn-cu13/);
});

test('without NVRTC cuDNN works with fewer engines', () => {
  const libraries = WHOLE.libraries.filter((name) => !name.startsWith('libnvrtc'));

  expect(findingsOn({ ...WHOLE, libraries }).get('cudnn')).toEqual({
    ok: true,
    found: expect.stringContaining('without libnvrtc.so.13'),
  });
});

test('a driver older than the CUDA it is to serve is refused, no driver is said', () => {
  expect(findingsOn({ ...WHOLE, driver: '535.183.01' }).get('nvidia driver')).toEqual({
    ok: false,
    found: '535.183.01, 1 card; CUDA 13 needs 580 or newer',
  });
  expect(findingsOn({ ...WHOLE, driver: null }).get('nvidia driver')).toEqual({
    ok: false,
    found: expect.stringContaining('no NVIDIA driver is running'),
  });
});

test('a provider of another version than the runtime is refused', () => {
  expect(findingsOn({ ...WHOLE, recorded: '1.27.0' }).get('cuda provider')).toEqual({
    ok: false,
    found: expect.stringMatching(/^of version 1\.27\.0, the runtime is 1\.29\.0/),
  });
});

test('elsewhere than on Linux x64 there is no CUDA provider', () => {
  const loader: LoaderPath = { environmentFolders: [], cache: new Map(), systemFolders: [] };
  const place = { runtime: { version: '1.29.0', providerFolder: null }, loader, driverFolder: '/nowhere' };

  expect(checkCuda(place)).toEqual([
    { name: 'cuda provider', ok: false, found: expect.stringContaining('Linux on x64') },
  ]);
});
