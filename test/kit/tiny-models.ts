/** Model files as strangers have them, small enough to be made for a test, by our own writer. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '../../native-models/core/tensor.ts';
import { writeOnnx } from '../../native-models/onnx/write.ts';
import { prune } from '../../native-models/passes/prune.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { newGraph } from './programs.ts';

type Build = (graph: ReturnType<typeof newGraph>) => {
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
};

export function tinyModel(build: Build, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const { inputs, outputs } = build(newGraph());
  const program = prune(new Map(Object.entries(outputs)), inputs);
  return writeOnnx(program, standardBackend, { name: 'tiny', metadata });
}

export function writeModel(folder: string, name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Tells how red, green or blue a picture is on the whole: probabilities of the three. */
export const colourClassifier = (): Uint8Array =>
  tinyModel(
    (graph) => {
      const data = graph.input('data', 'float32', [1, 3, 8, 8]);
      return { inputs: [data], outputs: { prob: data.mean([2, 3]).mul(10).softmax(1) } };
    },
    { names: "{0: 'Red', 1: 'green', 2: \"baker's blue\"}" },
  );

/**
 * Finds two things in torchvision's manner, whatever it is shown: the left half of the canvas, as sure as the picture is
 * light, and a box in it; the mask of each is what is light of the picture.
 */
export const boxFinder = (side: number): Uint8Array =>
  tinyModel((graph) => {
    const input = graph.input('image', 'float32', [1, 3, side, side]);
    const light = input.mean([1], true).reshape([1, 1, side, side]);
    const sure = input.mean([0, 1, 2, 3]).reshape([1]);
    const boxes = graph.constant([0, 0, side / 2, side, 2, 4, 10, 12], [2, 4]);
    return {
      inputs: [input],
      outputs: {
        boxes: boxes.add(sure.mul(0)),
        labels: graph.constant([1, 2], [2]).add(sure.mul(0)).cast('int64'),
        scores: sure.concat([sure.mul(0.5)], 0),
        masks: light.concat([light], 0),
      },
    };
  });
