import { describe, expect, test } from 'vitest';
import { batchSizesOf, halved, isOutOfMemory } from '../../../main/train/less-memory.ts';

const sizes = (training: number, steps: number, validation: number) => ({
  training_batch_size: training,
  grad_accumulation_step: steps,
  validation_batch_size: validation,
});

describe('half of what was too much', () => {
  test('is half the batch and twice the accumulation while training', () => {
    expect(halved(sizes(16, 3, 8), 'training')?.batches).toEqual(sizes(8, 6, 8));
    expect(halved(sizes(7, 1, 8), 'training')?.batches).toEqual(sizes(4, 2, 8));
  });

  test('is half the validation batch while evaluating, then half the training batch', () => {
    expect(halved(sizes(16, 1, 9), 'evaluating')).toEqual({
      batches: sizes(16, 1, 5),
      note: 'memory ran out while evaluating 9 images at a time: goes on with validation_batch_size 5',
    });
    expect(halved(sizes(16, 1, 1), 'evaluating')?.batches).toEqual(sizes(8, 2, 1));
  });

  test('is nothing for a single image', () => {
    expect(halved(sizes(1, 4, 8), 'training')).toBeNull();
    expect(halved(sizes(1, 4, 1), 'evaluating')).toBeNull();
  });
});

test('a batch is no larger than there are views of images, tiles counted', () => {
  const sample = { id: 1, path: 'a.png', labels: [0] };
  const job = { train: [sample, sample], validation: [sample] };
  const params = { training_batch_size: 16, grad_accumulation_step: 1, validation_batch_size: 16 };

  expect(batchSizesOf({ ...job, params })).toEqual(sizes(2, 1, 1));
  expect(batchSizesOf({ ...job, params: { ...params, tile_grid_size: '(3, 2)' } })).toEqual(sizes(14, 1, 7));
});

describe('what memory says when it runs out', () => {
  test.each([
    'Non-zero status code returned while running Conv node. Failed to allocate memory for requested buffer of size 1',
    'std::bad_alloc',
    'Array buffer allocation failed',
    'Invalid typed array length: 4800000000000',
  ])('is understood on any device: %s', (text) => {
    expect(isOutOfMemory(new Error(text), 'cpu')).toBe(true);
    expect(isOutOfMemory(new Error(text), 'webgpu')).toBe(true);
  });

  test("is a card's own words on that card", () => {
    const failure = new Error('CUDA failure 2: something ; GPU=0');

    expect(isOutOfMemory(failure, 'cuda:0')).toBe(true);
    expect(isOutOfMemory(failure, 'cpu')).toBe(false);
  });

  test('is no other failure', () => {
    expect(isOutOfMemory(new Error('the image is damaged'), 'cpu')).toBe(false);
  });
});
