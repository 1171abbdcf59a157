import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { softwareVulkan } from '../../kit/software-vulkan.ts';

const SCRIPT = fileURLToPath(new URL('./webgpu-steps.ts', import.meta.url));

interface Report {
  readonly losses: readonly number[];
  readonly expected: readonly number[];
  readonly names: boolean;
  readonly largestDifference: number;
}

test.skipIf(softwareVulkan === null)(
  'training with WebGPU, the state on the card, follows the CPU, whole steps and accumulated ones',
  () => {
    const env = { ...process.env, ...softwareVulkan };

    const { stdout, stderr } = spawnSync(process.execPath, [SCRIPT], { env, encoding: 'utf8' });

    expect(stdout, stderr).not.toBe('');
    for (const { losses, expected, names, largestDifference } of JSON.parse(stdout) as Report[]) {
      expect(losses).toHaveLength(6);
      losses.forEach((loss, i) => {
        expect(loss).toBeCloseTo(expected[i]!, 4);
      });
      expect(names).toBe(true);
      expect(largestDifference).toBeLessThan(1e-3);
    }
  },
);
