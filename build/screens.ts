/** `npm run screens`: makes the pictures of docs/screens/ anew, by the window's own tests. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './source-files.ts';

const { status } = spawnSync(
  process.execPath,
  [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/app'],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, LIGHTBENCH_SCREENS: join(ROOT, 'docs', 'screens') },
  },
);
process.exitCode = status ?? 1;
