import { describe, expect, test } from 'vitest';
import { crossEntropy } from '../../../native-models/losses/cross-entropy.ts';
import { gradients } from '../../../native-models/passes/gradients.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { formulaValues, operatorCases } from '../../kit/fixture-operators.ts';
import { newGraph, relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

describe.each(operatorCases('cross_entropy').map((recorded) => [recorded.name, recorded] as const))(
  '%s',
  (_, recorded) => {
    const { inputs, labels, cotangent, output, gradients: expected } = recorded;
    const graph = newGraph();
    const logits = graph.input('logits', 'float32', inputs.logits!.shape);
    const truth = graph.input('labels', 'int32', [labels!.length]);
    const weights = inputs.class_weights;
    const classWeights = weights ? graph.constant(formulaValues(weights), weights.shape) : null;
    const loss = crossEntropy(logits, truth, classWeights);
    const [slope] = gradients(loss.mul(formulaValues(cotangent)[0]!), [logits]);
    const program = prune(
      new Map([
        ['loss', loss],
        ['slope', slope!],
      ]),
    );
    const feeds = new Map([
      ['logits', { shape: inputs.logits!.shape, data: formulaValues(inputs.logits!) }],
      ['labels', { shape: [labels!.length], data: Float64Array.from(labels!) }],
    ]);

    test('loss and gradient are those of torch', () => {
      const results = interpret(program, feeds);

      expect(results.get('loss')!.data[0]).toBeCloseTo(output.values[0]!, 10);
      results.get('slope')!.data.forEach((value, i) => {
        expect(value).toBeCloseTo(expected.logits!.values[i]!, 10);
      });
    });

    test('the runtime agrees', async () => {
      const [exact, actual] = [interpret(program, feeds), await runOnnx(program, standardBackend, feeds)];

      expect(relativeError(actual.get('slope')!, exact.get('slope')!)).toBeLessThan(1e-5);
    });
  },
);
