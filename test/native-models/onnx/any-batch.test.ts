import { expect, test } from 'vitest';
import { openSession, Tensor } from '../../../main/train/runtime.ts';
import { fromScratch } from '../../../main/train/weights-file.ts';
import { findClassifier, IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { VisionTransformer } from '../../../native-models/models/vit.ts';
import { type Module, namedParameters } from '../../../native-models/nn/module.ts';
import { writeOnnx } from '../../../native-models/onnx/write.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { exportPixelProgram } from '../../../native-models/training.ts';

const SIDES = [32, 64, 75];
const of = (name: string) => () => findClassifier(name)!.build(3, IMAGENET_CONVENTION);
/** One model of each family: the others differ by their tables of sizes. */
const CASES: readonly (readonly [name: string, sides: readonly number[], build: (side: number) => Module])[] = [
  ['mobilenetv2', SIDES, of('mobilenetv2')],
  ['resnet18', SIDES, of('resnet18')],
  ['resnet50', SIDES, of('resnet50')],
  [
    'vision transformer',
    [32, 64],
    (sidePx) => new VisionTransformer({ width: 48, depth: 2, heads: 3, classes: 3, sidePx }),
  ],
];

test.each(CASES)('an exported %s takes several images as it takes one', async (_, sides, build) => {
  for (const side of sides) {
    const model = build(side);
    const weights = fromScratch(namedParameters(model), 1);
    const program = exportPixelProgram(model, side, side, IMAGENET_CONVENTION);
    const bytes = writeOnnx(program, standardBackend, { name: 'test', weights, batchInputs: ['pixels'] });
    const session = await openSession(bytes, { device: 'cpu', threads: 1 });
    const rng = rngFrom(1, 'pixels');
    const size = side * side * 3;
    const pixels = Uint8Array.from({ length: 3 * size }, () => rng.integer(256));
    const score = async (data: Uint8Array, count: number) => {
      const { probabilities } = await session.run({ pixels: new Tensor('uint8', data, [count, side, side, 3]) });
      return [...(probabilities!.data as Float32Array)];
    };

    const together = await score(pixels, 3);
    const single = [0, 1, 2].map((i) => score(pixels.slice(i * size, (i + 1) * size), 1));
    const apart = (await Promise.all(single)).flat();
    await session.release();

    expect(together.length).toBe(9);
    together.forEach((value, i) => {
      expect(value).toBeCloseTo(apart[i]!, 5);
    });
  }
});
