import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../build/source-files.ts';

const audit = (option: string) =>
  spawnSync(process.execPath, [join(ROOT, 'build', 'placement', 'audit.ts'), option], { encoding: 'utf8' });

test('a command that is given a wrong option, or asked for help, prints what its file says of itself', () => {
  const wrong = audit('--modles');
  const help = audit('--help');

  expect([wrong.status, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toMatch(/^Unknown option '--modles'.*\n\n`npm run audit:placement /);
  expect([help.status, help.stderr]).toEqual([0, '']);
  expect(help.stdout).toMatch(/^`npm run audit:placement .*WebGPU needs a Vulkan driver\.\n$/s);
});
