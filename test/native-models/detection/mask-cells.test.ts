import { describe, expect, test } from 'vitest';
import { MASK_CELLS, putMask, WHOLE_CELL } from '../../../native-models/detection/mask-cells.ts';
import type { Size } from '../../../native-models/geometry/box.ts';
import { bitmapFromMask, type Mask, maskArea } from '../../../native-models/geometry/mask.ts';
import type { Ring } from '../../../native-models/geometry/polygon.ts';
import { maskFromPolygon } from '../../../native-models/geometry/rasterise.ts';
import { MASK_SIDE, maskTargets } from '../../../native-models/models/mask-heads.ts';
import { roiAlign } from '../../../native-models/nn/roi-align.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { newGraph } from '../../kit/programs.ts';

const array = (data: ArrayLike<number>, shape: readonly number[]) => ({ shape, data: Float64Array.from(data) });

/** What is learned of a mask in a box, from its cells and from the whole canvas, as torchvision takes it. */
function bothTargets(mask: Mask, box: readonly number[]): { cells: number[]; canvas: number[] } {
  const cells = new Uint8Array(MASK_CELLS * MASK_CELLS);
  const { scale, shift } = putMask(mask, cells);
  const graph = newGraph();
  const [boxes, zero] = [graph.input('box', 'float32', [1, 1, 4]), graph.constant([0], [1, 1], 'int32')];
  const own = maskTargets(
    graph.input('cells', 'uint8', [1, 1, MASK_CELLS, MASK_CELLS]),
    graph.input('frame', 'float32', [1, 1, 4]),
    boxes,
    zero,
  );
  const map = graph.input('canvas', 'float32', [1, 1, mask.height, mask.width]);
  const options = { size: [MASK_SIDE, MASK_SIDE], samplingRatio: 0, scales: [1] } as const;
  const whole = roiAlign([map], boxes.reshape([1, 4]), graph.constant([0], [1], 'int32'), null, options);
  const results = interpret(
    prune(
      new Map([
        ['own', own],
        ['whole', whole],
      ]),
    ),
    new Map([
      ['box', array(box, [1, 1, 4])],
      ['cells', array(cells, [1, 1, MASK_CELLS, MASK_CELLS])],
      ['frame', array([...scale, ...shift], [1, 1, 4])],
      ['canvas', array(bitmapFromMask(mask), [1, 1, mask.height, mask.width])],
    ]),
  );
  return { cells: [...results.get('own')!.data], canvas: [...results.get('whole')!.data] };
}

const drawn = (outline: Ring, size: Size, holes: readonly Ring[] = []) => maskFromPolygon([{ outline, holes }], size);

const CANVAS = { width: 160, height: 128 };
const ODD: Ring = [40, 20, 100, 25, 110, 90, 70, 60, 45, 95];
const HOLE: Ring = [60, 35, 80, 40, 75, 52];

describe('the cells of a mask', () => {
  test.each([
    ['its own', [40, 20, 110, 95]],
    ['one beyond it', [20, 3, 130, 110]],
    ['a part of it', [55.3, 30.2, 90.7, 77.9]],
  ])('give the numbers of the whole canvas, in %s box', (_, box) => {
    const { cells, canvas } = bothTargets(drawn(ODD, CANVAS, [HOLE]), box);

    for (const [i, value] of canvas.entries()) expect(cells[i]).toBeCloseTo(value, 5);
    expect(new Set(canvas).size).toBeGreaterThan(2);
  });

  test('the same where the mask ends with the canvas, beyond whose last pixel that pixel goes on', () => {
    const { cells, canvas } = bothTargets(drawn([70, 40, 160, 40, 160, 128, 90, 128], CANVAS), [66, 36, 160, 128]);

    for (const [i, value] of canvas.entries()) expect(cells[i]).toBeCloseTo(value, 5);
    expect(canvas.at(-1)).toBe(1);
  });

  test('of a mask that is larger than they are many give nearly those numbers', () => {
    const size = { width: 640, height: 480 };
    const { cells, canvas } = bothTargets(
      drawn([30, 20, 600, 100, 620, 450, 300, 330, 60, 470], size),
      [20, 15, 625, 472],
    );

    const distances = canvas.map((value, i) => Math.abs(value - cells[i]!));
    expect(distances.reduce((sum, distance) => sum + distance, 0) / distances.length).toBeLessThan(2e-3);
    expect(Math.max(...distances)).toBeLessThan(0.1);
  });

  test('keep the area of the mask', () => {
    const mask = drawn([10, 10, 500, 30, 400, 380], { width: 512, height: 400 });
    const cells = new Uint8Array(MASK_CELLS * MASK_CELLS);

    const { scale } = putMask(mask, cells);

    const area = cells.reduce((sum, value) => sum + value, 0) / WHOLE_CELL / (scale[0] * scale[1]);
    expect(area / maskArea(mask)).toBeCloseTo(1, 3);
  });

  test('of a mask of nothing are empty', () => {
    const cells = new Uint8Array(MASK_CELLS * MASK_CELLS).fill(9);

    putMask({ width: 20, height: 10, counts: [200] }, cells);

    expect(Math.max(...cells)).toBe(0);
  });
});
