import { expect, test } from 'vitest';
import { Stepper } from '../../../main/train/stepper.ts';
import { feedsAt, toy } from '../../kit/toy-network.ts';

const CPU = { device: 'cpu', threads: 1 } as const;

/** Bytes of buffers outside the heap, with whatever garbage is still among them. */
const outsideBytes = () => process.memoryUsage().arrayBuffers;

test('a step leaves no copy of the state behind for the collector', async () => {
  const { program, values } = toy([]);
  const stepper = await Stepper.open(program, values, CPU);
  const feeds = feedsAt(program, 0);
  await stepper.step(feeds);
  const stateBytes = [...stepper.tensors().values()].reduce((sum, { data }) => sum + data.byteLength, 0);

  const before = outsideBytes();
  await stepper.step(feeds);
  await stepper.step(feeds);
  const left = outsideBytes() - before;
  await stepper.release();

  expect(left).toBeLessThan(stateBytes / 2);
});
