import { describe, expect, test } from 'vitest';
import { IMAGENET_CONVENTION, MODELS } from '../../../native-models/catalog.ts';
import { classScore, imageGraph } from '../../../native-models/explain/class-score.ts';
import { attentionsOf, lastMapOf } from '../../../native-models/explain/landmarks.ts';
import { methodNamed, methodsFor } from '../../../native-models/explain/methods.ts';

const CONVOLUTIONAL = ['xrai', 'integrated_gradients', 'guided_gradcam', 'guided_backprop', 'gradcam'];
const ATTENTIVE = ['xrai', 'integrated_gradients', 'attention_rollout', 'gradient_rollout'];
const SIDE_PX = 224;

describe.each(MODELS.filter((card) => card.kind === 'classifier'))('$name', (card) => {
  const size = { height: SIDE_PX, width: SIDE_PX };
  const isTransformer = card.name.startsWith('vit');
  const model = card.build(5, IMAGENET_CONVENTION);

  test('is open to the methods of its kind', () => {
    expect(methodsFor(model, size)).toEqual(isTransformer ? ATTENTIVE : CONVOLUTIONAL);
  });

  test('is read at the end of its last stage, and at every block', () => {
    const { image } = imageGraph(model, size);
    const { logits } = classScore(model, image);
    const map = lastMapOf(logits);
    const attentions = attentionsOf(logits);

    if (isTransformer) {
      const blocks = Object.keys((model as unknown as { blocks: readonly unknown[] }).blocks).length;
      expect([map, attentions.length]).toEqual([null, blocks]);
      expect(attentions.every(({ shape }) => shape[3] === (SIDE_PX / 16) ** 2 + 1)).toBe(true);
    } else {
      expect(attentions).toEqual([]);
      expect(map!.shape.slice(2)).toEqual([SIDE_PX / 32, SIDE_PX / 32]);
      expect(map!.shape[1]).toBeGreaterThanOrEqual(512);
    }
  });
});

test.each([
  ['xrai', 'xrai'],
  ['Grad-CAM', 'gradcam'],
  ['grad_cam', 'gradcam'],
  ['guided-gradcam', 'guided_gradcam'],
  ['Guided Backprop', 'guided_backprop'],
  ['IG', 'integrated_gradients'],
  ['rollout', 'attention_rollout'],
  ['lime', null],
  ['', null],
])('"%s" names %s', (text, method) => {
  expect(methodNamed(text)).toBe(method);
});
