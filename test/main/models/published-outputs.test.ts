/** What published exporters call their outputs and how long those are: every guess is right, or says that it does not know. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../main/engine.ts';
import { type GuessedFor, guessMapping } from '../../../main/models/guess-mapping.ts';
import type { FileFacts, ModelMapping, ValueFacts } from '../../../preload/contract/imported-models.ts';
import { FakeClock } from '../../kit/clock.ts';
import { tempFolder } from '../../kit/folders.ts';
import { picturedProject } from '../../kit/pictured-project.ts';
import { picture } from '../../kit/pictures.ts';
import { tinyModel, writeModel } from '../../kit/tiny-models.ts';

type Sides = readonly (number | null)[];
const value = (name: string, shape: Sides, type = 'float32', most: number | null = null): ValueFacts => {
  const seen = most === null ? null : { shape: shape.map((side) => side ?? 1), least: 0, most, sum: most };
  return { name, type, shape, seen };
};
const DETECTION: GuessedFor = { task: 'image-object-detection', projectClasses: [], names: null };
const coco = { ...DETECTION, names: Array.from({ length: 80 }, (_, i) => `c${i}`) };
const images = (side: number | null = 640) => value('images', [1, 3, side, side]);

function guess(inputs: readonly ValueFacts[], outputs: readonly ValueFacts[], given = DETECTION) {
  const file: FileFacts = { path: 'a.onnx', sha256: '', size_bytes: 1, producer: '', inputs, outputs };
  const { mapping, guesses } = guessMapping(file, given);
  const mapped = mapping as Extract<ModelMapping, { kind: 'mapped' }> | null;
  return { output: mapped?.output, input: mapped?.input, classes: mapped?.classes.length, told: guesses.join('\n') };
}

const RIGHT: readonly (readonly [string, ReturnType<typeof guess>, object])[] = [
  [
    'YOLOX, not decoded',
    guess([images()], [value('output', [1, 8400, 85])]),
    { output: { kind: 'candidates', units: 'grid' }, input: { colour: 'bgr', divisor: 1 }, classes: 80 },
  ],
  [
    'a head without anchors, (1, 84, 8400)',
    guess([images()], [value('output0', [1, 84, 8400])]),
    { output: { kind: 'candidates', order: 'columns', has_objectness: false, extra: 0 }, classes: 80 },
  ],
  [
    'the same with masks mixed of 32',
    guess([images()], [value('output0', [1, 116, 8400]), value('output1', [1, 32, 160, 160])]),
    {
      output: { kind: 'candidates', output: 'output0', order: 'columns', extra: 32, prototypes: 'output1' },
      classes: 80,
    },
  ],
  [
    'the same with 17 key points of one class',
    guess([images()], [value('output0', [1, 56, 8400])], { ...DETECTION, names: ['person'] }),
    { output: { kind: 'candidates', order: 'columns', extra: 51, prototypes: null }, classes: 1 },
  ],
  [
    'a head with anchors and the maps it was decoded from',
    guess([images()], [value('output0', [1, 25200, 85]), value('345', [1, 3, 80, 80, 85])]),
    { output: { kind: 'candidates', order: 'rows', has_objectness: true, extra: 0 }, classes: 80 },
  ],
  [
    'the same of one class',
    guess([images()], [value('output', [1, 25200, 6])], { ...DETECTION, names: ['car'] }),
    { output: { kind: 'candidates', order: 'rows', has_objectness: true }, classes: 1 },
  ],
  [
    'one with anchors and masks mixed of 32',
    guess([images()], [value('output0', [1, 25200, 117]), value('output1', [1, 32, 160, 160])]),
    { output: { order: 'rows', has_objectness: true, extra: 32, prototypes: 'output1' }, classes: 80 },
  ],
  [
    'one of one class on a small picture, which has few cells',
    guess([images(160)], [value('output', [1, 525, 6])]),
    { output: { kind: 'candidates', units: 'grid' }, classes: 1 },
  ],
  [
    'end to end, (1, 300, 6)',
    guess([images()], [value('output0', [1, 300, 6], 'float32', 640)], coco),
    { output: { kind: 'finished', output: 'output0', units: 'pixels' }, input: { fit: 'letterbox' }, classes: 80 },
  ],
  [
    'end to end, in fractions',
    guess([images()], [value('output0', [1, 100, 6], 'float32', 1)]),
    { output: { kind: 'finished', units: 'fractions' } },
  ],
  [
    'DETR: logits with one for nothing',
    guess([images(800)], [value('logits', [1, 100, 92]), value('pred_boxes', [1, 100, 4])]),
    { output: { kind: 'queries', boxes: 'pred_boxes', activation: 'softmax' }, input: { divisor: 255 }, classes: 91 },
  ],
  [
    'its descendants: logits of classes alone',
    guess([images()], [value('logits', [1, 300, 80]), value('pred_boxes', [1, 300, 4])], coco),
    { output: { kind: 'queries', logits: 'logits', activation: 'sigmoid' }, classes: 80 },
  ],
  [
    'torchvision’s boxes, labels and scores',
    guess([images(null)], [value('boxes', [null, 4]), value('labels', [null], 'int64'), value('scores', [null])]),
    { output: { kind: 'boxes', order: 'xyxy', units: 'pixels', first_label: 1, masks: null } },
  ],
  [
    'torchvision’s Mask R-CNN',
    guess(
      [images(null)],
      [
        ...[value('boxes', [null, 4]), value('labels', [null], 'int64'), value('scores', [null])],
        value('masks', [null, 1, null, null]),
      ],
    ),
    { output: { kind: 'boxes', masks: 'masks' } },
  ],
  [
    'TensorFlow’s SSD with four outputs, rows first, labels as floats',
    guess(
      [value('inputs', [1, null, null, 3], 'uint8')],
      [
        ...[value('detection_boxes', [null, null, 4]), value('detection_classes', [null, null])],
        ...[value('detection_scores', [null, null]), value('num_detections', [null])],
      ],
    ),
    {
      output: {
        ...{ kind: 'boxes', boxes: 'detection_boxes', labels: 'detection_classes', scores: 'detection_scores' },
        ...{ order: 'yxyx', units: 'fractions', first_label: 1 },
      },
      input: { layout: 'nhwc', type: 'uint8', fit: 'squeeze' },
    },
  ],
  [
    'SSD with fractions',
    guess(
      [images(1200)],
      [
        ...[value('bboxes', [1, null, 4], 'float32', 0.9), value('labels', [1, null], 'int64')],
        value('scores', [1, null]),
      ],
    ),
    { output: { kind: 'boxes', order: 'xyxy', units: 'fractions' } },
  ],
  [
    'logits of classes',
    guess([images(224)], [value('logits', [null, 1000])], { ...DETECTION, task: 'image-classification' }),
    { output: { kind: 'classes', scores: 'logits', activation: 'softmax' }, classes: 1000 },
  ],
];

test.each(RIGHT)('%s', (_, guessed, expected) => {
  expect(guessed).toMatchObject(expected);
});

const UNKNOWN: readonly (readonly [string, ReturnType<typeof guess>, RegExp])[] = [
  [
    'a map of classes',
    guess([images(520)], [value('out', [1, 21, 520, 520])]),
    /the model has "out" float32 \[1,21,520,520\]/,
  ],
  ['a map of one number', guess([images()], [value('saliency', [1, 640, 640])]), /the model has "saliency"/],
  [
    'a map of classes where whole images are told',
    guess([images(520)], [value('out', [1, 21, 520, 520])], { ...DETECTION, task: 'image-classification' }),
    /a number for each class/,
  ],
  [
    'boxes and classes of candidates apart',
    guess([images()], [value('scores', [1, 8400, 80]), value('boxes', [1, 8400, 4])]),
    /the model has "scores"/,
  ],
  [
    'rows of seven with the picture’s number',
    guess([images()], [value('output', [null, 7])]),
    /the model has "output"/,
  ],
  [
    'a model that asks for the picture’s size as well',
    guess(
      [images(), value('orig_target_sizes', [null, 2], 'int64')],
      [...[value('labels', [1, 300], 'int64'), value('boxes', [1, 300, 4]), value('scores', [1, 300])]],
    ),
    /besides a picture the model needs "orig_target_sizes" int64 \[\?,2\], which nobody can give it/,
  ],
];

test.each(UNKNOWN)('does not know %s, and says what it has', (_, { output, told }, words) => {
  expect([output, told]).toEqual([undefined, expect.stringMatching(words)]);
});

describe('what is guessed is read:', () => {
  const [width, height] = [64, 32];
  const white = picture(width, height, () => [255, 255, 255]);

  async function found(bytes: Uint8Array) {
    const folder = await picturedProject('image-object-detection', [white]);
    const engine = openEngine(folder, {
      ...{ clock: new FakeClock(), logBug: () => {}, home: tempFolder(), threads: 1, roots: null },
    });
    onTestFinished(() => engine.close());
    const source = { path: writeModel(tempFolder(), 'a.onnx', bytes), decoder: null, labels: null };
    const { mapping, guesses } = await engine.models().survey(source, undefined);
    expect(mapping, guesses.join('\n')).not.toBeNull();
    const { objects } = await engine.models().tryOut({ source, mapping: mapped(mapping), image_id: 1 }, undefined);
    return objects.map(({ class_name, score, xyxy }) => [class_name, Math.round(score * 1000) / 1000, xyxy]);
  }
  /** With three classes, told by nobody. */
  const mapped = (mapping: ModelMapping | null): ModelMapping => {
    const names = ['a', 'b', 'c'].map((name) => ({ name, to: name }));
    return { ...(mapping as Extract<ModelMapping, { kind: 'mapped' }>), classes: names };
  };
  const box = (...xyxy: number[]) => xyxy.map((side) => expect.closeTo(side, 4));

  test('finished rows, in pixels of a picture in the middle of what is seen', async () => {
    const rows = [16, 24, 32, 40, 0.75, 2, 0, 16, 64, 48, 0.5, 0, 0, 0, 9, 9, 0.9, 7, 0, 0, 9, 9, 0.01, 1];
    const model = tinyModel((graph) => {
      const input = graph.input('images', 'float32', [1, 3, 64, 64]);
      const nothing = input.mean([0, 1, 2, 3], true).reshape([1, 1, 1]).mul(0);
      return { inputs: [input], outputs: { output0: graph.constant(rows, [1, 4, 6]).add(nothing) } };
    });

    expect(await found(model)).toEqual([
      ['c', 0.75, box(16, 8, 32, 24)],
      ['a', 0.5, box(0, 0, 64, 32)],
    ]);
  });

  test('queries with a number for nothing, in fractions of a picture that is squeezed', async () => {
    const boxes = Array.from({ length: 100 }, (_, i) => (i === 0 ? [0.5, 0.5, 0.5, 0.5] : [0.1, 0.1, 0.1, 0.1])).flat();
    const logits = Array.from({ length: 100 }, (_, i) => (i === 0 ? [0, Math.log(8), 0, 0] : [0, 0, 0, 9])).flat();
    const model = tinyModel((graph) => {
      const input = graph.input('pixel_values', 'float32', [1, 3, 32, 32]);
      const nothing = input.mean([0, 1, 2, 3], true).reshape([1, 1, 1]).mul(0);
      return {
        inputs: [input],
        outputs: {
          logits: graph.constant(logits, [1, 100, 4]).add(nothing),
          pred_boxes: graph.constant(boxes, [1, 100, 4]).add(nothing),
        },
      };
    });

    expect(await found(model)).toEqual([['b', 0.727, box(16, 8, 48, 24)]]); // 8 of 11
  });

  test('rows first, in fractions, with labels as floats', async () => {
    const model = tinyModel((graph) => {
      const inputs = graph.input('inputs', 'float32', [1, 3, 32, 32]);
      const nothing = inputs.mean([0, 1, 2, 3], true).reshape([1, 1]).mul(0);
      const corners = graph.constant([0.25, 0.5, 0.75, 1], [1, 1, 4]);
      return {
        inputs: [inputs],
        outputs: {
          detection_boxes: corners.add(nothing.reshape([1, 1, 1])),
          detection_classes: graph.constant([3], [1, 1]).add(nothing),
          detection_scores: graph.constant([0.5], [1, 1]).add(nothing),
          num_detections: graph.constant([1], [1]).add(nothing.reshape([1])),
        },
      };
    });

    expect(await found(model)).toEqual([['c', 0.5, box(32, 8, 64, 24)]]);
  });
});
