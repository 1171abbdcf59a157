import { expect, test } from 'vitest';
import { print } from '../../native-models/core/printer.ts';
import type { Tensor } from '../../native-models/core/tensor.ts';
import { BatchNorm2d, Conv2d, globalAveragePool, Linear } from '../../native-models/nn/layers.ts';
import { Module } from '../../native-models/nn/module.ts';
import { writeOnnx } from '../../native-models/onnx/write.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { trainingProgram } from '../../native-models/training.ts';

class TinyNet extends Module {
  readonly conv = new Conv2d(3, 4, 3, { stride: 2, padding: 1, bias: false });
  readonly bn = new BatchNorm2d(4);
  readonly fc = new Linear(4, 2);

  call(x: Tensor): Tensor {
    return this.fc.call(globalAveragePool(this.bn.call(this.conv.call(x)).relu()));
  }
}

const program = () =>
  trainingProgram(new TinyNet(), {
    batchSize: 2,
    height: 8,
    width: 8,
    normalisation: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
    optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
  }).program;

test('the training step of a tiny network', async () => {
  await expect(print(program())).toMatchFileSnapshot('training-step.txt');
});

test('building it twice gives the same bytes', () => {
  const bytes = () => writeOnnx(program(), standardBackend, { name: 'tiny' });

  expect(Buffer.from(bytes()).equals(Buffer.from(bytes()))).toBe(true);
});
