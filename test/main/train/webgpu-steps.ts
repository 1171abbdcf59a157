/**
 * Trains the toy network with WebGPU and with the CPU, whole steps and accumulated ones, and prints how far apart they
 * end. A program of its own, since the loader reads its path when a process starts.
 */

import type { Device } from '../../../main/devices/device.ts';
import { floatTensor } from '../../../main/train/runtime.ts';
import { openRunner } from '../../../main/train/step-runner.ts';
import { feedsAt, toy, toyInTwo } from '../../kit/toy-network.ts';

const STEPS = 6;

async function trained(device: Device, isAccumulated: boolean) {
  const { program, values } = toy();
  const options = { device, threads: 1, nowMs: () => 0 };
  const runner = await openRunner(isAccumulated ? toyInTwo() : program, values, options);
  const count = isAccumulated ? 2 : 1;
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const rate = floatTensor([], Float32Array.of(0.05));
    const feeds = { ...feedsAt(program, step), learning_rate: rate };
    for (const { loss } of await runner.step(feeds, { index: step % count, count })) losses.push(loss);
  }
  const tensors = new Map([...(await runner.tensors())].map(([name, { data }]) => [name, Float32Array.from(data)]));
  await runner.release();
  return { losses, tensors };
}

const report = [];
for (const isAccumulated of [false, true]) {
  const [actual, expected] = [await trained('webgpu', isAccumulated), await trained('cpu', isAccumulated)];
  const apart = [...expected.tensors].map(([name, values]) => {
    const other = actual.tensors.get(name)!;
    return values.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
  });
  report.push({
    losses: actual.losses,
    expected: expected.losses,
    names: [...actual.tensors.keys()].sort().join() === [...expected.tensors.keys()].sort().join(),
    largestDifference: Math.max(...apart),
  });
}
process.stdout.write(JSON.stringify(report));
