import { expect, test } from 'vitest';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { pastedMask, pastedPart } from '../../../native-models/detection/paste-mask.ts';
import { pastedMasks } from '../../../native-models/detection/pasted-masks.ts';
import type { Xyxy } from '../../../native-models/geometry/box.ts';
import { bitmapFromMask } from '../../../native-models/geometry/mask.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { newGraph } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

const SIZE = { width: 40, height: 30 };
const SIDE = 7;
const BOXES: readonly Xyxy[] = [
  [3.2, 4.9, 21.7, 18.1],
  [0, 0, 40, 30],
  [0.3, 25.5, 12.1, 30],
  [38.6, 2.25, 40, 2.8],
  [0, 0, 0, 0],
];
const masks = Float64Array.from({ length: BOXES.length * SIDE * SIDE }, (_, i) => rngFrom(i, 'mask').uniform());
const maskAt = (i: number) => masks.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);

test('masks are laid over a picture in the graph as beside it', async () => {
  const graph = newGraph();
  const [count, side] = [BOXES.length, SIDE];
  const pasted = pastedMasks(
    graph.input('masks', 'float32', [count, side, side]),
    graph.input('boxes', 'float32', [count, 4]),
    SIZE,
  );
  const program = prune(new Map([['pasted', pasted]]));
  const feeds = new Map([
    ['masks', { shape: [count, side, side], data: masks }],
    ['boxes', { shape: [count, 4], data: Float64Array.from(BOXES.flat()) }],
  ]);

  const expected = BOXES.flatMap((box, i) => {
    const { xyxy, values } = pastedPart(maskAt(i), box, SIZE);
    return Array.from({ length: SIZE.width * SIZE.height }, (_, at) => {
      const [x, y] = [at % SIZE.width, Math.floor(at / SIZE.width)];
      const isIn = x >= xyxy[0] && x < xyxy[2] && y >= xyxy[1] && y < xyxy[3];
      return isIn ? values[(y - xyxy[1]) * (xyxy[2] - xyxy[0]) + x - xyxy[0]]! : 0;
    });
  });
  for (const results of [interpret(program, feeds), await runOnnx(program, standardBackend, feeds)]) {
    const worst = expected.map((value, i) => Math.abs(value - results.get('pasted')!.data[i]!));
    expect(Math.max(...worst)).toBeLessThan(1e-4);
  }
});

test('what is above the threshold is the object, and nothing else of the picture', () => {
  const mask = pastedMask(new Float32Array(SIDE * SIDE).fill(1), [10, 8, 20, 15], SIZE, 0.5);

  const bitmap = bitmapFromMask(mask);
  const isSet = (x: number, y: number) => bitmap[y * SIZE.width + x];
  expect([isSet(15, 11), isSet(10, 8), isSet(9, 11), isSet(21, 11), isSet(15, 7), isSet(15, 16)]).toEqual([
    1, 1, 0, 0, 0, 0,
  ]);
});
