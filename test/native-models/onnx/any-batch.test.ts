import { expect, test } from 'vitest';
import { openSession, Tensor } from '../../../main/train/runtime.ts';
import { fromScratch } from '../../../main/train/weights-file.ts';
import { IMAGENET_CONVENTION, MODELS } from '../../../native-models/catalog.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';
import { writeOnnx } from '../../../native-models/onnx/write.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { exportPixelProgram } from '../../../native-models/training.ts';

test.each(MODELS.map((card) => [card.name, card] as const))(
  'an exported %s takes several images as it takes one',
  async (_, card) => {
    for (const side of [32, 64, 75]) {
      const model = card.build(3, IMAGENET_CONVENTION);
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
  },
);
