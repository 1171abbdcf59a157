import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decode } from '../../../main/images/decode.ts';
import { resizeForEvaluation } from '../../../main/images/evaluation.ts';
import { type Attribution, Explainer } from '../../../main/train/explainer.ts';
import { Forward } from '../../../main/train/forward.ts';
import { KNOWN_WEIGHTS } from '../../../main/weights/catalogue.ts';
import { findClassifier, type InputConvention } from '../../../native-models/catalog.ts';
import { METHODS, methodsFor } from '../../../native-models/explain/methods.ts';
import { parseSafetensors } from '../../../native-models/weights/safetensors.ts';
import { toFloat32 } from '../../../native-models/weights/stored-tensor.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';

const WEIGHTS = 'data/weights/mobilenet_v2_100_in1k_f16.safetensors';
const HAND = 'data/sign-digits/8/IMG_1166.JPG';
const CPU = { device: 'cpu', threads: 2 } as const;
const CLASSES = 1000;
const BAND_AID = 419;
const ORDER = { steps: 8, quadrature: 'riemann_middle', isFast: true } as const;

function published() {
  const { convention } = KNOWN_WEIGHTS.find(({ name }) => name === 'mobilenet_v2_100_in1k_f16')!;
  const { tensors } = parseSafetensors(readFileSync(sharedPath(WEIGHTS)));
  const weights = new Map([...tensors].map(([name, tensor]) => [name, toFloat32(name, tensor)] as const));
  return { convention, weights };
}

function explainerOf(convention: InputConvention, weights: ReadonlyMap<string, Float32Array>, cropSize: number) {
  return new Explainer({ model: 'mobilenetv2', classes: CLASSES, convention, cropSize, weights, ...CPU });
}

describeWithShared('explanations of a published network', [WEIGHTS, HAND], () => {
  test('show the hand and not the wall behind it, whatever the method', async () => {
    const side = 224;
    const { convention, weights } = published();
    const view = resizeForEvaluation(await decode(sharedPath(HAND)), { resizeSize: side, cropSize: side });
    const network = findClassifier('mobilenetv2')!.build(CLASSES, convention);
    const suited = methodsFor(network, { height: side, width: side });
    const explainer = explainerOf(convention, weights, side);

    const heats = new Map<string, Float32Array>();
    for (const method of suited) {
      const [explained] = await explainer.explain(view, [BAND_AID], { method, ...ORDER });
      heats.set(method, explained!.heat);
    }
    await explainer.release();

    // Skin is redder than it is blue, the wall is grey.
    const isHand = (i: number) => view[i]! - view[2 * side * side + i]! > 20;
    const mean = (heat: Float32Array, of: (i: number) => boolean) => {
      const chosen = heat.filter((_, i) => of(i));
      return chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
    };
    expect(suited).toEqual(METHODS.slice(0, 5));
    for (const [method, heat] of heats) {
      const leastRatio = method === 'integrated_gradients' ? 1.1 : 1.5; // it speckles the wall as well
      expect(mean(heat, isHand) / mean(heat, (i) => !isHand(i)), method).toBeGreaterThan(leastRatio);
    }
  });

  test('by integrated gradients add up to what separates the picture from black', async () => {
    const side = 96;
    const { convention, weights } = published();
    const view = resizeForEvaluation(await decode(sharedPath(HAND)), { resizeSize: side, cropSize: side });
    const model = findClassifier('mobilenetv2')!.build(CLASSES, convention);
    const sizes = { cropSize: side, batchSize: 1, classes: CLASSES, normalisation: convention };
    const forward = await Forward.open(model, sizes, CPU);
    forward.take(weights);
    const [picture, black] = [await forward.logits(view, 1), await forward.logits(new Uint8Array(view.length), 1)];
    const explainer = explainerOf(convention, weights, side);

    const order = { ...ORDER, method: 'integrated_gradients', quadrature: 'gausslegendre', steps: 600 } as const;
    const [explained] = (await explainer.explain(view, [BAND_AID], order)) as [Attribution];
    await Promise.all([explainer.release(), forward.release()]);

    const sum = explained.planes.reduce((total, value) => total + value, 0);
    const difference = picture[BAND_AID]! - black[BAND_AID]!;
    expect(Math.abs(sum - difference)).toBeLessThan(0.2 * Math.abs(difference));
  });
});
