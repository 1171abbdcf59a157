import { expect, test } from 'vitest';
import { ObjectLearning, sideIn } from '../../../main/train/object-learning.ts';
import { planOf } from '../../../main/train/plan.ts';
import type { ObjectTrainJob } from '../../../main/train/protocol.ts';
import { findDetector, resolveFor } from '../../../native-models/catalog.ts';

test('sides of multi_scale go from half to one and a half, in whole cells, and depend on seed and epoch alone', () => {
  const sides = Array.from({ length: 400 }, (_, epoch) => sideIn(epoch, 640, 3));

  expect([Math.min(...sides), Math.max(...sides)]).toEqual([320, 960]);
  expect(new Set(sides.map((side) => side % 32))).toEqual(new Set([0]));
  expect(new Set(sides).size).toBe(21);
  expect(sideIn(7, 640, 3)).toBe(sides[7]);
  expect(sideIn(0, 32, 1)).toBeGreaterThan(0);
});

test('that WebGPU cannot judge detectors is said, and of other devices nothing', () => {
  const card = findDetector('yolox_nano')!;
  const sample = { id: 0, path: 'a.png', size: { width: 64, height: 64 }, objects: [] };
  const job: Omit<ObjectTrainJob, 'device'> = {
    kind: 'train',
    task: 'image-object-detection',
    runFolder: '',
    model: card.name,
    classes: ['one'],
    convention: card.convention,
    threads: 1,
    params: resolveFor(card, { img_size: 64 }).values,
    primaryMetric: 'mean_average_precision',
    train: [sample],
    validation: [sample],
    weightsFile: null,
    resume: false,
  };
  const notesOn = (device: ObjectTrainJob['device']) => new ObjectLearning({ ...job, device }, card, planOf(job)).notes;

  expect(notesOn('webgpu')).toEqual([expect.stringContaining('epochs are judged on the CPU')]);
  expect([...notesOn('cpu'), ...notesOn('cuda:0')]).toEqual([]);
});
