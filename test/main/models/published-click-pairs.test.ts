/**
 * Pairs of files with the inputs and outputs that published exporters give them: names, types, shapes and what a picture is
 * like. The second file answers with a square round the first point, as large as the brightness that the first has seen says.
 */

import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../main/engine.ts';
import type { Xyxy } from '../../../native-models/geometry/box.ts';
import { maskXyxy } from '../../../native-models/geometry/mask.ts';
import { axes, GraphText, int, modelOf, value, word } from '../../kit/click-pair.ts';
import { FakeClock } from '../../kit/clock.ts';
import { tempFolder } from '../../kit/folders.ts';
import { picturedProject } from '../../kit/pictured-project.ts';
import { picture } from '../../kit/pictures.ts';
import { writeModel } from '../../kit/tiny-models.ts';

const SIDE = 1024;
/** Sides of small masks. */
const CELLS = 256;
/** Half the square's side in cells, where a white picture was seen as it should be. */
const RADIUS = 24;

type Shape = readonly (number | string)[];

interface Signature {
  readonly picture: readonly [name: string, shape: Shape];
  /** The largest number of a white picture, as this exporter wants pictures. */
  readonly white: number;
  readonly embeddings: readonly (readonly [name: string, shape: readonly number[]])[];
  readonly points: readonly [coords: string, labels: string, sides: number, type: 'float32' | 'int64'];
  readonly more?: readonly (readonly [name: string, shape: Shape, type: 'float32' | 'int32' | 'int64'])[];
  /** Masks in the order of their qualities: the middle one is the square. */
  readonly answer: readonly [masks: string, qualities: string, rank: 4 | 5];
  /** Masks come at the size that is asked for. */
  readonly asked?: string;
  /** A second output of masks, cut to the proportions of another picture. */
  readonly cut?: string;
  readonly fit: 'corner' | 'squeeze';
  readonly box: 'corners' | 'middle';
}

const EMBEDDING = [1, 256, 64, 64];
const NORMALISED = (255 - 103.53) / 57.375;
const PROMPT = [
  ['mask_input', [1, 1, CELLS, CELLS], 'float32'],
  ['has_mask_input', [1], 'float32'],
  ['orig_im_size', [2], 'float32'],
] as const;
const USUAL = { white: NORMALISED, fit: 'corner', box: 'corners' } as const;
const embeds = (name: string) => [[name, EMBEDDING]] as const;
const POINTS = ['point_coords', 'point_labels', 3, 'float32'] as const;

/** Source of each: its export script, by name, as read in November 2026; licences MIT and Apache-2.0. */
const SIGNATURES: Readonly<Record<string, Signature>> = {
  'Segment Anything and MobileSAM (scripts/export_onnx_model.py), encoder by samexporter': {
    ...USUAL,
    picture: ['input_image', [1, 3, SIDE, SIDE]],
    embeddings: embeds('image_embeddings'),
    ...{ points: POINTS, more: PROMPT, answer: ['low_res_masks', 'iou_predictions', 4], cut: 'masks' },
  },
  'the same with what is done to pictures inside the file (--use-preprocess)': {
    ...USUAL,
    ...{ picture: ['input_image', ['image_height', 'image_width', 3]], white: 255 },
    embeddings: embeds('image_embeddings'),
    ...{ points: POINTS, more: PROMPT, answer: ['low_res_masks', 'iou_predictions', 4], cut: 'masks' },
  },
  'EdgeSAM (scripts/export_onnx_model.py)': {
    ...USUAL,
    picture: ['image', [1, 3, SIDE, SIDE]],
    embeddings: embeds('image_embeddings'),
    ...{ points: POINTS, answer: ['masks', 'scores', 4] },
  },
  'EfficientSAM (export_to_onnx.py)': {
    ...{ fit: 'squeeze', box: 'corners', white: 1 },
    picture: ['batched_images', ['batch', 3, 'height', 'width']],
    embeddings: embeds('image_embeddings'),
    points: ['batched_point_coords', 'batched_point_labels', 4, 'float32'],
    more: [['orig_im_size', [2], 'int64']],
    ...{ answer: ['output_masks', 'iou_predictions', 5], asked: 'orig_im_size' },
  },
  'SAM 2 and 2.1 (samexporter)': {
    ...{ fit: 'squeeze', box: 'corners', white: (1 - 0.406) / 0.225 },
    picture: ['image', [1, 3, SIDE, SIDE]],
    embeddings: [
      ['high_res_feats_0', [1, 32, 256, 256]],
      ['high_res_feats_1', [1, 64, 128, 128]],
      ['image_embed', EMBEDDING],
    ],
    points: POINTS,
    more: [
      ['mask_input', ['num_labels', 1, CELLS, CELLS], 'float32'],
      ['has_mask_input', ['num_labels'], 'float32'],
    ],
    answer: ['masks', 'iou_predictions', 4],
  },
  'SAM and SlimSAM as transformers export them': {
    ...{ ...USUAL, box: 'middle' },
    picture: ['pixel_values', ['batch_size', 3, SIDE, SIDE]],
    embeddings: [...embeds('image_embeddings'), ...embeds('image_positional_embeddings')],
    points: ['input_points', 'input_labels', 4, 'int64'],
    answer: ['pred_masks', 'iou_scores', 5],
  },
};

/** Hands over how bright the brightest of the picture is, in every place. */
function encoder({ picture: [name, shape], embeddings }: Signature): Uint8Array {
  const graph = new GraphText();
  graph.ints('one', [1]);
  graph.op('ReduceMax', 'bright', [name], int('keepdims', 0));
  graph.op('Reshape', 'flat', ['bright', 'one']);
  for (const [output, sides] of embeddings) {
    graph.ints(`${output} sides`, sides);
    graph.op('Expand', output, ['flat', `${output} sides`]);
  }
  return modelOf(
    graph,
    [value(name, shape)],
    embeddings.map(([output, sides]) => value(output, sides)),
  );
}

function decoder({ embeddings, points, more = [], answer, white, asked, cut }: Signature): Uint8Array {
  const [coords, labels, sides, type] = points;
  const [masks, qualities, rank] = answer;
  const graph = new GraphText();
  const names = embeddings.map(([name]) => {
    return graph.op('ReduceMean', `${name} mean`, [name], axes(0, 1, 2, 3), int('keepdims', 0));
  });
  graph.op('Mean', 'bright', names);
  graph.floats('scale', [], [RADIUS / white]);
  graph.op('Cast', 'said', [labels], int('to', 1));
  graph.op('ReduceMax', 'most', ['said'], int('keepdims', 0)); // 1 for a click, 3 for the corners of a box
  graph.op('Mul', 'seen', ['bright', 'scale']);
  graph.op('Mul', 'radius', ['seen', 'most']);

  graph.ints('pairs', [-1, 2]);
  graph.ints('zero', [0]);
  graph.ints('one', [1]);
  graph.op('Reshape', 'places', [coords, 'pairs']);
  graph.op('Gather', 'place', ['places', 'zero'], int('axis', 0)); // [1, 2]
  graph.floats('cells', [1, 2], [CELLS, CELLS]);
  graph.floats('canvas', [2], [SIDE, SIDE]);
  const space = asked === undefined ? 'canvas' : graph.op('Cast', 'space', [asked], int('to', 1));
  // Of a size that is asked for: height, then width.
  graph.ints('turned', [1, 0]);
  graph.op('Gather', 'wide', [space, 'turned'], int('axis', 0));
  graph.op('Mul', 'inCells', ['place', 'cells']);
  graph.op('Div', 'cell', ['inCells', 'wide']);
  graph.op('Gather', 'column', ['cell', 'zero'], int('axis', 1)); // [1, 1]
  graph.op('Gather', 'row', ['cell', 'one'], int('axis', 1));
  const middles = Array.from({ length: CELLS }, (_, i) => i + 0.5);
  graph.floats('columns', [1, 1, 1, CELLS], middles);
  graph.floats('rows', [1, 1, CELLS, 1], middles);
  for (const [across, at] of [['columns', 'column'] as const, ['rows', 'row'] as const]) {
    graph.op('Sub', `${at} off`, [across, at]);
    graph.op('Abs', `${at} far`, [`${at} off`]);
  }
  graph.op('Max', 'far', ['column far', 'row far']);
  graph.op('Sub', 'square', ['radius', 'far']); // [1, 1, CELLS, CELLS]
  if (asked !== undefined) {
    graph.op('Concat', 'askedSides', ['one', 'one', asked], int('axis', 0));
    graph.op('Resize', 'grown', ['square', '', '', 'askedSides'], word('mode', 'linear'));
  }
  const square = asked === undefined ? 'square' : 'grown';
  graph.op('Neg', 'inverse', [square]);
  graph.op('Concat', 'candidates', ['inverse', square, 'inverse'], int('axis', 1));
  graph.op(rank === 5 ? 'Unsqueeze' : 'Identity', masks, rank === 5 ? ['candidates', 'zero'] : ['candidates']);
  graph.floats('qualityOf', [1, 3], [0.2, 0.9, 0.4]);
  graph.op(rank === 5 ? 'Unsqueeze' : 'Identity', qualities, rank === 5 ? ['qualityOf', 'zero'] : ['qualityOf']);
  if (cut !== undefined) {
    graph.ints('otherSides', [1, 3, 684, SIDE]);
    graph.op('Resize', cut, ['candidates', '', '', 'otherSides']);
  }
  const ones = Array.from({ length: sides - 3 }, () => 1);
  const given = [
    ...embeddings.map(([name, shape]) => value(name, shape)),
    ...[value(coords, [1, ...ones, 'num_points', 2]), value(labels, [1, ...ones, 'num_points'], type)],
    ...more.map(([name, shape, kind]) => value(name, shape, kind)),
  ];
  const front = rank === 5 ? [1, 1] : [1];
  const size = asked === undefined ? [CELLS, CELLS] : ['height', 'width'];
  return modelOf(graph, given, [
    value(qualities, [...front, 3]),
    ...(cut === undefined ? [] : [value(cut, [1, 3, 'height', 'width'])]),
    value(masks, [...front, 3, ...size]),
  ]);
}

describe('a pair as it is published loads and answers:', () => {
  const [width, height] = [200, 100];

  test.each(Object.entries(SIGNATURES))('%s', { timeout: 60_000 }, async (_, signature) => {
    const folder = await picturedProject('image-instance-segmentation', [
      picture(width, height, () => [255, 255, 255]),
    ]);
    const engine = openEngine(folder, {
      ...{ clock: new FakeClock(), logBug: () => {}, home: tempFolder(), threads: 1, roots: null },
    });
    onTestFinished(() => engine.close());
    const files = tempFolder();
    const source = {
      path: writeModel(files, 'encoder.onnx', encoder(signature)),
      decoder: writeModel(files, 'decoder.onnx', decoder(signature)),
      labels: null,
    };

    const survey = await engine.models().survey(source, undefined);

    expect(survey.mapping, survey.guesses.join('\n')).toMatchObject({
      kind: 'clicks',
      input: { name: signature.picture[0], fit: signature.fit },
      ...{ masks: signature.answer[0], scores: signature.answer[1], box: signature.box },
    });
    const { id } = await engine.models().add({ source, name: 'published', mapping: survey.mapping! });
    const found = async (points: { x: number; y: number; is_inside: boolean }[], box: Xyxy | null) => {
      const mask = await engine.models().click({ model_id: id, image_id: 1, points, box }, undefined);
      return mask === null ? null : maskXyxy(mask);
    };
    const half = (RADIUS * SIDE) / CELLS / (SIDE / width);
    const low = signature.fit === 'squeeze' ? half / 2 : half;
    near(await found([{ x: 140, y: 60, is_inside: true }], null), [140 - half, 60 - low, 140 + half, 60 + low]);
    // The first corner, with three times the radius; or the middle, as a click.
    const [x, y, by] = signature.box === 'middle' ? [100, 50, 1] : [90, 45, 3];
    near(await found([], [90, 45, 110, 55]), [x - by * half, y - by * low, x + by * half, y + by * low]);
  });
});

function near(found: Xyxy | null, [left, top, right, bottom]: Xyxy): void {
  expect(found).not.toBeNull();
  const expected = [Math.max(0, left), Math.max(0, top), Math.min(200, right), Math.min(100, bottom)];
  for (const [i, side] of expected.entries())
    expect(Math.abs(found![i]! - side), `${found} for ${expected}`).toBeLessThan(1.5);
}
