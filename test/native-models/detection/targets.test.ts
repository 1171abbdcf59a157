import { describe, expect, test } from 'vitest';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { AnchorTargets } from '../../../native-models/detection/anchor-targets.ts';
import { decodedBoxes, encodeBox, encodedBoxes } from '../../../native-models/detection/box-codec.ts';
import { canvasFor, scaledSize } from '../../../native-models/detection/canvas.ts';
import { BACKGROUND, LEFT_OUT, matchBoxes } from '../../../native-models/detection/matcher.ts';
import { ProposalTargets } from '../../../native-models/detection/proposal-targets.ts';
import { sampleBoxes } from '../../../native-models/detection/sampler.ts';
import type { Size } from '../../../native-models/geometry/box.ts';
import { proposalAnchors } from '../../../native-models/models/region-proposals.ts';
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

const anchorsOf = {
  retina: (canvas: Size) => new RetinaNet({ classes: 2, norm: 'frozen' }).targets(canvas).anchors,
  rcnn: proposalAnchors,
} as const;
const recordedAnchors = (['retina', 'rcnn'] as const).flatMap((kind) =>
  parts.anchors[kind].map((recorded) => ({ kind, ...recorded })),
);

test.each(recordedAnchors)('$kind: the anchors torch has on a canvas of $canvas', ({ kind, ...recorded }) => {
  const { canvas, counts, firsts, summary } = recorded;
  const anchors = anchorsOf[kind]({ height: canvas[0], width: canvas[1] });

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
});

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

describe('a sample of boxes', () => {
  const matches = Int32Array.of(0, -1, -2, 1, -1, -1, 0, -2, 3, -1, -1, -1);

  test('holds objects up to their share and background for the rest, none twice, nothing that is left out', () => {
    const { objects, background } = sampleBoxes(matches, 6, 0.5, rngFrom(1));

    expect([objects.length, background.length]).toEqual([3, 3]);
    expect(new Set([...objects, ...background]).size).toBe(6);
    expect(objects.every((i) => matches[i]! >= 0)).toBe(true);
    expect(background.every((i) => matches[i] === BACKGROUND)).toBe(true);
  });

  test('holds more background where objects are few, and what there is where that is not enough', () => {
    expect(sampleBoxes(Int32Array.of(0, -1, -1, -1, -1), 4, 0.5, rngFrom(1)).background.length).toBe(3);
    expect(sampleBoxes(matches, 50, 0.5, rngFrom(1))).toMatchObject({
      objects: { length: 4 },
      background: { length: 6 },
    });
  });

  test('is drawn anew by another stream of random numbers, and alike by an equal one', () => {
    const many = new Int32Array(500).fill(BACKGROUND);
    const drawn = (seed: number) => sampleBoxes(many, 20, 0.5, rngFrom(seed)).background;

    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });
});

test('a proposal network is fed the sampled anchors, their codes and the truth with room left over', () => {
  const anchors = Float32Array.of(0, 0, 10, 10, 50, 50, 60, 60, 0, 0, 10, 20, 80, 80, 90, 90);
  const targets = new ProposalTargets({
    canvas: { width: 96, height: 96 },
    anchors,
    sampled: 4,
    mostTruths: 2,
    masks: false,
  });
  const truth = { boxes: Float32Array.of(0, 0, 10, 12), labels: Int32Array.of(7) };

  const values = targets.ofSample(truth, { objects: [0], background: [3, 1] });

  expect([...values.get('rpn_anchors')!]).toEqual([0, 3, 1, 0]);
  expect([...values.get('rpn_labels')!]).toEqual([1, 0, 0, 0]);
  expect([...values.get('rpn_weights')!]).toEqual([1, 1, 1, 0]);
  expect([...values.get('truth_boxes')!]).toEqual([0, 0, 10, 12, 0, 0, 0, 0]);
  expect([...values.get('truth_labels')!]).toEqual([7, -1]);
  expect(values.get('rpn_codes')![1]).toBeCloseTo(0.1, 6);
  expect(values.get('rpn_codes')![3]).toBeCloseTo(Math.log(1.2), 6);
  expect([...values.get('rpn_codes')!.subarray(4)].every((value) => value === 0)).toBe(true);
  expect([...targets.of(truth, rngFrom(3)).get('rpn_labels')!]).toEqual([1, 0, 0, 0]);
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
