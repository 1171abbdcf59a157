/** The graphs of a model whose placement matters: training steps of every kind of optimizer, and evaluation. */

import { loopForm } from '../../main/train/loop-stepper.ts';
import { findClassifier, IMAGENET_CONVENTION } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import { writeLoopOnnx } from '../../native-models/onnx/loop.ts';
import { writeOnnx } from '../../native-models/onnx/write.ts';
import type { OptimizerOptions } from '../../native-models/optim/optimizer.ts';
import { halfBackend } from '../../native-models/rules/onnx-half.ts';
import { portableBackend } from '../../native-models/rules/onnx-portable.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { accumulationPrograms, evaluationProgram, trainingProgram } from '../../native-models/training.ts';

/** Placement does not depend on sizes; this keeps sessions quick to make. */
const SIDE_PX = 64;
const CLASSES = 10;
const SGD: OptimizerOptions = { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 };
const ADAM: OptimizerOptions = {
  kind: 'adamw',
  beta1: 0.9,
  beta2: 0.999,
  amsgrad: true,
  weightDecay: 1e-4,
};

export interface AuditedGraph {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function* auditedGraphs(name: string, provider: 'cuda' | 'webgpu'): Generator<AuditedGraph> {
  const card = findClassifier(name);
  assert(card, `audit: there is no model "${name}"`);
  const model = card.build(CLASSES, IMAGENET_CONVENTION, SIDE_PX);
  const backend = provider === 'webgpu' ? portableBackend : standardBackend;
  const sizes = { batchSize: 2, height: SIDE_PX, width: SIDE_PX, normalisation: IMAGENET_CONVENTION };
  const options = { ...sizes, ...(card.decays ? { decays: card.decays } : {}) };
  const write = (program: Parameters<typeof writeOnnx>[0]) => writeOnnx(program, backend, { name });

  const sgd = trainingProgram(model, { ...options, optimizer: SGD });
  const adam = trainingProgram(model, { ...options, optimizer: ADAM, clipNorm: 1, averages: true });
  yield { name: 'step, SGD', bytes: write(sgd.program) };
  const several = { activation: 'sigmoid', classWeights: Array.from({ length: CLASSES }, (_, i) => 1 + i) } as const;
  const labelSets = trainingProgram(model, { ...options, ...several, optimizer: SGD });
  yield { name: 'step, SGD, several classes an image', bytes: write(labelSets.program) };
  yield { name: 'step, AdamW, clipped, averaged', bytes: write(adam.program) };
  if (provider === 'cuda') {
    const bytes = writeLoopOnnx(adam.program, backend, loopForm(adam), { name });
    yield { name: 'Loop of steps, AdamW, clipped, averaged', bytes };
    const scaled = trainingProgram(model, { ...options, optimizer: SGD, clipNorm: 1, lossScaling: {} });
    const half = halfBackend(scaled.program, standardBackend);
    yield {
      name: 'Loop of steps in half, SGD, clipped',
      bytes: writeLoopOnnx(scaled.program, half, loopForm(scaled), { name }),
    };
  }
  const { gradient, update } = accumulationPrograms(model, { ...options, optimizer: SGD });
  yield { name: 'gradient, accumulated', bytes: write(gradient.program) };
  yield { name: 'update, accumulated', bytes: write(update.program) };
  yield { name: 'evaluation', bytes: write(evaluationProgram(model, sizes)) };
}
