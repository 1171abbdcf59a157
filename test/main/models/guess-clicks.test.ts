import { describe, expect, test } from 'vitest';
import { guessClicks } from '../../../main/models/guess-clicks.ts';
import type { FileFacts, ValueFacts } from '../../../preload/contract/imported-models.ts';

const value = (name: string, shape: readonly (number | null)[], type = 'float32'): ValueFacts => {
  return { name, type, shape, seen: null };
};
const file = (inputs: readonly ValueFacts[], outputs: readonly ValueFacts[]): FileFacts => {
  return { path: 'a.onnx', sha256: '', size_bytes: 1, producer: '', inputs, outputs };
};

describe('pairs of files are recognised', () => {
  test('as Segment Anything is published, whatever the encoder calls its picture', () => {
    const encoder = file([value('x', [1, 3, 1024, 1024])], [value('image_embeddings', [1, 256, 64, 64])]);
    const decoder = file(
      [
        value('image_embeddings', [1, 256, 64, 64]),
        value('point_coords', [1, null, 2]),
        value('point_labels', [1, null]),
        value('mask_input', [1, 1, 256, 256]),
        value('has_mask_input', [1]),
        value('orig_im_size', [2]),
      ],
      [
        value('masks', [null, null, null, null]),
        value('iou_predictions', [null, 1]),
        value('low_res_masks', [null, 1, null, null]),
      ],
    );
    expect(guessClicks(encoder, decoder).mapping).toEqual({
      kind: 'clicks',
      input: {
        ...{ name: 'x', layout: 'nchw', type: 'float32', width: 1024, height: 1024, colour: 'rgb', fit: 'corner' },
        ...{ divisor: 1, frame: [123.675, 116.28, 103.53], mean: [123.675, 116.28, 103.53] },
        deviation: [58.395, 57.12, 57.375],
      },
      embeddings: [{ from: 'image_embeddings', to: 'image_embeddings' }],
      ...{ point_coords: 'point_coords', point_labels: 'point_labels', mask_input: 'mask_input' },
      ...{ has_mask_input: 'has_mask_input', orig_im_size: 'orig_im_size', masks: 'low_res_masks' },
      ...{ scores: 'iou_predictions', box: 'corners' },
    });
  });

  test('with embeddings of several sizes, which are handed over by name, and pictures that are squeezed', () => {
    const high = [value('high_res_feats_0', [1, 32, 256, 256]), value('high_res_feats_1', [1, 64, 128, 128])];
    const handed = [...high, value('image_embed', [1, 256, 64, 64])];
    const points = [value('point_coords', [null, null, 2]), value('point_labels', [null, null])];
    const { mapping } = guessClicks(
      file([value('image', [1, 3, 1024, 1024])], handed),
      file(
        [...handed.toReversed(), ...points],
        [value('masks', [null, null, 256, 256]), value('iou_predictions', [null, 3])],
      ),
    );
    expect(mapping).toMatchObject({
      input: { fit: 'squeeze', divisor: 255, mean: [0.485, 0.456, 0.406] },
      embeddings: [{ from: 'image_embed' }, { from: 'high_res_feats_1' }, { from: 'high_res_feats_0' }],
      ...{ mask_input: null, has_mask_input: null, orig_im_size: null, masks: 'masks' },
    });
  });

  test('with other names, more sides, whole numbers, and embeddings of one shape that only names tell apart', () => {
    const both = [value('image_embeddings', [1, 256, 64, 64]), value('image_positional_embeddings', [1, 256, 64, 64])];
    const { mapping } = guessClicks(
      file([value('pixel_values', [null, 3, null, null])], both.toReversed()),
      file(
        [value('input_points', [1, 1, null, 2]), value('input_labels', [1, 1, null], 'int64'), ...both],
        [value('iou_scores', [1, 1, 3]), value('pred_masks', [1, 1, 3, 256, 256])],
      ),
    );
    expect(mapping).toMatchObject({
      input: { name: 'pixel_values', width: 1024, height: 1024 },
      embeddings: both.map(({ name }) => ({ from: name, to: name })),
      ...{ point_coords: 'input_points', point_labels: 'input_labels', masks: 'pred_masks', scores: 'iou_scores' },
      box: 'middle',
    });
  });

  test('by shape where names differ; and refused with the reason where nothing fits', () => {
    const points = [value('point_coords', [1, null, 2]), value('point_labels', [1, null])];
    const encoder = file([value('image', [1, 3, 256, 256])], [value('1204', [1, 64, 16, 16])]);
    const of = (embedding: ValueFacts, masks: readonly ValueFacts[] = [value('masks', [1, 1, 64, 64])]) =>
      guessClicks(encoder, file([embedding, ...points], masks));

    expect(of(value('features', [1, 64, null, null])).mapping).toMatchObject({
      embeddings: [{ from: '1204', to: 'features' }],
    });
    expect(of(value('features', [1, 256, 16, 16])).guesses).toEqual([
      'the second file needs "features" [1, 256, 16, 16], and the first gives "1204" [1, 64, 16, 16]: the two do not belong together',
    ]);
    expect(of(value('features', [1, 64, 16, 16]), [value('scores', [1, 3])]).guesses[0]).toContain('gives no masks');
    expect(guessClicks(encoder, encoder).guesses[0]).toContain('takes no points');
  });
});
