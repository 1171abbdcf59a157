import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../../build/source-files.ts';
import { tempFolder } from '../../../kit/folders.ts';

const benchGpu = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'build/bench/gpu/gpu.ts'), ...args], { encoding: 'utf8' });

test('a card that is not there is refused with what is missing, and nothing is measured', { timeout: 200_000 }, () => {
  const folder = tempFolder();

  const ran = benchGpu('--device', 'cuda:99', '--out', folder);

  expect(ran.status).toBe(1);
  expect(ran.stderr).toContain('bench:gpu: cuda:99 cannot be used, nothing was measured');
  expect(readFileSync(join(folder, 'gpu.md'), 'utf8')).toMatch(/## Preflight[\s\S]*FAIL/);
  expect(ran.stdout).not.toContain('## Placement');
});

test('what it does not take is refused in one line', () => {
  const folder = tempFolder();
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const refused = [
    ['--device', 'gpu'],
    ['--only', 'soak,speed'],
    ['--limitMinutes', 'ten'],
    ['--device', 'cpu', '--out', file],
  ].map((args) => benchGpu('--out', folder, ...args));

  expect(refused.map(({ status }) => status)).toEqual([2, 2, 2, 1]);
  expect(refused.map(({ stderr }) => stderr.trim())).toEqual([
    'bench:gpu: there is no device "gpu"; give cpu, cuda:N (an NVIDIA card by number, cuda for the first) or webgpu',
    'bench:gpu: --only takes placements, forms, operations, products, networks, soak; got "speed"',
    'bench:gpu: --limitMinutes takes a number up to 1440; got "ten"',
    expect.stringMatching(/^bench:gpu: --out: EEXIST.*file'$/),
  ]);
});

test('a part that is asked for is run, and written down with what was left out', { timeout: 60_000 }, () => {
  const folder = tempFolder();

  const ran = benchGpu('--device', 'cpu', '--tiny', '--only', 'products', '--out', folder);

  expect(ran.status).toBe(0);
  expect(ran.stdout).toMatch(/\| as it is \| 64 \| \d\.\de-[78] \|/);
  expect(ran.stdout).toContain('not asked for: placements, forms, operations, networks, soak');
  expect(ran.stdout).toBe(readFileSync(join(folder, 'gpu.md'), 'utf8'));
});
