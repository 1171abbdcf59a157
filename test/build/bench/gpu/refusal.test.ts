import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../../build/source-files.ts';

test('a card that is not there is refused with what is missing, and nothing is measured', { timeout: 200_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-gpu-'));
  const program = join(ROOT, 'build/bench/gpu/gpu.ts');

  const ran = spawnSync(process.execPath, [program, '--device', 'cuda:99', '--out', folder], { encoding: 'utf8' });

  expect(ran.status).toBe(1);
  expect(ran.stderr).toContain('bench:gpu: cuda:99 cannot be used, nothing was measured');
  expect(readFileSync(join(folder, 'gpu.md'), 'utf8')).toMatch(/## Preflight[\s\S]*FAIL/);
  expect(ran.stdout).not.toContain('## Placement');
  rmSync(folder, { recursive: true });
});
