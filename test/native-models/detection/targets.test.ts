import { describe, expect, test } from 'vitest';
import { AnchorTargets } from '../../../native-models/detection/anchor-targets.ts';
import { decodedBoxes, encodeBox, encodedBoxes } from '../../../native-models/detection/box-codec.ts';
import { canvasFor, scaledSize } from '../../../native-models/detection/canvas.ts';
import { BACKGROUND, LEFT_OUT, matchBoxes } from '../../../native-models/detection/matcher.ts';
import { RetinaNet } from '../../../native-models/models/retinanet.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { detectionParts, summaryOf } from '../../kit/fixture-detection.ts';
import { newGraph } from '../../kit/programs.ts';

const parts = detectionParts();

test.each(parts.matches)('finds the matches torch finds, from $foreground and under $background', (recorded) => {
  const [boxes, truths] = [Float32Array.from(recorded.boxes), Float32Array.from(recorded.truths)];

  expect([...matchBoxes(boxes, truths, recorded)]).toEqual(recorded.matches);
});

test('an image without truths is background', () => {
  const matches = matchBoxes(Float32Array.of(0, 0, 8, 8), new Float32Array(), { foreground: 0.5, background: 0.4 });

  expect([...matches]).toEqual([BACKGROUND]);
});

test('all boxes that overlap a truth most are matched, the others of as little are not', () => {
  const boxes = Float32Array.of(0, 0, 8, 8, 8, 0, 16, 8, 0, 8, 4, 16, 2, 0, 10, 8);
  const truths = Float32Array.of(4, 0, 12, 8);

  const matches = matchBoxes(boxes, truths, { foreground: 0.7, background: 0.3 });

  expect([...matches]).toEqual([LEFT_OUT, LEFT_OUT, BACKGROUND, 0]);
});

describe.each(parts.codes)('codes with weights $centre and $size', (recorded) => {
  const weights = { centre: recorded.centre, size: recorded.size };
  const count = recorded.boxes.length / 4;
  const inGraph = (build: typeof encodedBoxes, values: readonly number[]) => {
    const graph = newGraph();
    const [x, references] = [graph.input('x', 'float32', [count, 4]), graph.input('r', 'float32', [count, 4])];
    const program = prune(new Map([['y', build(x, references, weights)]]));
    const array = (data: readonly number[]) => ({ shape: [count, 4], data: Float64Array.from(data) });
    const feeds = new Map([
      ['x', array(values)],
      ['r', array(recorded.references)],
    ]);
    return [...interpret(program, feeds).get('y')!.data];
  };
  const isClose = (actual: readonly number[], expected: readonly number[], digits: number) =>
    actual.forEach((value, i) => {
      expect(value, `${i}`).toBeCloseTo(expected[i]!, digits);
    });

  test('in the graph', () => {
    isClose(inGraph(encodedBoxes, recorded.boxes), recorded.encoded, 9);
    isClose(inGraph(decodedBoxes, recorded.codes), recorded.decoded, 7);
  });

  test('beside it', () => {
    const codes = new Float32Array(4 * count);
    const [boxes, references] = [Float32Array.from(recorded.boxes), Float32Array.from(recorded.references)];
    for (let i = 0; i < count; i++) encodeBox(codes, i, boxes, i, references, i, weights);

    isClose([...codes], recorded.encoded, 4);
  });
});

test.each(parts.anchors.retina)(
  'has the anchors torch has, on a canvas of $canvas',
  ({ canvas, counts, firsts, summary }) => {
    const model = new RetinaNet({ classes: 2, norm: 'frozen' });
    const targets = model.targets({ height: canvas[0], width: canvas[1] });
    const { anchors } = targets;

    expect(anchors.length).toBe(4 * counts.reduce((sum, count) => sum + count, 0));
    let start = 0;
    counts.forEach((count, level) => {
      const own = firsts[level]!;
      expect([...anchors.slice(start, start + own.length)]).toEqual(own);
      start += 4 * count;
    });
    summaryOf('anchors', anchors).forEach((value, i) => {
      expect(value / summary[i]!).toBeCloseTo(1, 9);
    });
  },
);

test('an anchor with a truth gets its class and code, one between is left out', () => {
  const anchors = Float32Array.of(0, 0, 10, 10, 0, 0, 10, 22, 90, 90, 95, 95);
  const targets = new AnchorTargets({ width: 96, height: 96 }, anchors, { foreground: 0.5, background: 0.4 });
  const truth = { boxes: Float32Array.of(0, 0, 10, 12), labels: Int32Array.of(7) };

  const values = targets.of(truth);

  expect([...values.get('anchor_classes')!]).toEqual([7, 7, BACKGROUND]);
  const codes = [...values.get('anchor_codes')!];
  const expected = [0, 0.1, 0, Math.log(1.2), 0, -5 / 22, 0, Math.log(12 / 22), 0, 0, 0, 0];
  codes.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 6);
  });
});

describe('a canvas', () => {
  test('takes images scaled to the shorter side, or to the longer one where that would be too long', () => {
    expect(scaledSize({ width: 640, height: 480 }, 600, 1333)).toEqual({ width: 800, height: 600 });
    expect(scaledSize({ width: 480, height: 640 }, 600, 1333)).toEqual({ width: 600, height: 800 });
    expect(scaledSize({ width: 3000, height: 300 }, 600, 1333)).toEqual({ width: 1333, height: 133 });
    expect(scaledSize({ width: 1, height: 5000 }, 600, 1333)).toEqual({ width: 1, height: 1333 });
  });

  test('is a whole number of strides large and holds every image', () => {
    expect(
      canvasFor([
        { width: 800, height: 600 },
        { width: 600, height: 801 },
      ]),
    ).toEqual({ width: 800, height: 832 });
  });
});
