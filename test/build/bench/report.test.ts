import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { tempFolder } from '../../kit/folders.ts';

const SLOW = { timeout: 180_000 };

/** The benchmark on a machine whose Python has no torch. */
function benchWithoutTorch(...args: readonly string[]) {
  const modules = tempFolder();
  writeFileSync(join(modules, 'torch.py'), 'raise ImportError("none here")\n');
  const env = { ...process.env, PYTHONPATH: modules };
  return spawnSync(process.execPath, [join(ROOT, 'build/bench/bench.ts'), ...args], { encoding: 'utf8', env });
}

test('with --json standard output is rows alone; without torch they are ours alone, which is said', SLOW, () => {
  const ran = benchWithoutTorch('--only', 'ops', '--case', 'softmax fwd', '--rounds', '1', '--json');

  expect(ran.status).toBe(0);
  expect(JSON.parse(ran.stdout)).toEqual([
    expect.objectContaining({ name: 'softmax fwd', ours_ms: expect.any(Number), peer_ms: null, ratio: null }),
  ]);
  expect(ran.stderr).toContain('no torch for /usr/bin/python3: ours alone, no ratios');
});

test('what it does not take, or cannot do without torch, is refused in one line', SLOW, () => {
  const refused = [
    ['--only', 'speed'],
    ['--steps', '0'],
    ['--only', 'soak', '--model', 'resnet19'],
    ['--only', 'precision', '--case', 'vits'],
  ].map((args) => benchWithoutTorch(...args));

  expect(refused.map(({ status }) => status)).toEqual([1, 1, 1, 1]);
  expect(refused.map(({ stderr }) => stderr.trim().split('\n').at(-1))).toEqual([
    expect.stringMatching(/^bench: --only takes step, .*; got "speed"$/),
    'bench: --steps takes a whole number from 1 to 100000; got "0"',
    expect.stringMatching(/^bench: --model: there is no network "resnet19"; there are depthwise, /),
    'bench: --only precision needs torch: it computes the float64 gradients',
  ]);
  expect(refused.map(({ stdout }) => stdout)).toEqual(['', '', '', '']);
});
