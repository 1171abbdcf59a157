/** Masks that are mixed of prototypes, in the usual shapes: [1,4+classes+32,8400] and [1,32,160,160] for 640 x 640 pixels. */

import { expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../main/engine.ts';
import { polygonXyxy } from '../../../native-models/geometry/polygon.ts';
import type { ModelMapping, OutputMapping } from '../../../preload/contract/imported-models.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { picturedProject } from '../../kit/pictured-project.ts';
import { picture } from '../../kit/pictures.ts';
import { tinyModel, writeModel } from '../../kit/tiny-models.ts';

const [SIDE, CELLS, COUNT, MIXED] = [640, 160, 8400, 32];
const CLASSES = ['a', 'b', 'c'];
const NUMBERS = 4 + CLASSES.length + MIXED;

interface Row {
  /** Centre and sides in pixels of what the model sees. */
  readonly box: readonly [cx: number, cy: number, w: number, h: number];
  readonly scores: readonly number[];
  /** Of the first masks; of the others nothing. */
  readonly mix: readonly number[];
}

/** Says this of every picture; the first mask is the left half of what is seen, the second the upper half. */
function mixer(rows: readonly Row[], masks = MIXED): Uint8Array {
  const candidates = new Float32Array(NUMBERS * COUNT);
  for (const [i, { box, scores, mix }] of rows.entries()) {
    for (const [k, number] of [...box, ...scores, ...mix].entries()) candidates[k * COUNT + 17 * i] = number;
  }
  const prototypes = new Float32Array(masks * CELLS * CELLS);
  for (let y = 0; y < CELLS; y++)
    for (let x = 0; x < CELLS; x++) {
      prototypes[y * CELLS + x] = x < CELLS / 2 ? 8 : -8;
      prototypes[(CELLS + y) * CELLS + x] = y < CELLS / 2 ? 8 : -8;
    }
  return tinyModel((graph) => {
    const images = graph.input('images', 'float32', [1, 3, SIDE, SIDE]);
    const nothing = images.mean([0, 1, 2, 3], true).mul(0);
    return {
      inputs: [images],
      outputs: {
        output0: graph.constant([...candidates], [1, NUMBERS, COUNT]).add(nothing.reshape([1, 1, 1])),
        output1: graph.constant([...prototypes], [1, masks, CELLS, CELLS]).add(nothing),
      },
    };
  });
}

/** Seen in the middle of 640 x 640 pixels, ten times as large. */
const white = picture(64, 32, () => [255, 255, 255]);

async function openModel(bytes: Uint8Array) {
  const folder = await picturedProject('image-instance-segmentation', [white]);
  const engine = openEngine(folder, {
    ...{ clock: new FakeClock(), logBug: () => {}, home: tempFolder(), threads: 1, roots: null },
  });
  onTestFinished(() => engine.close());
  const source = { path: writeModel(tempFolder(), 'segments.onnx', bytes), decoder: null, labels: null };
  const { mapping, guesses } = await engine.models().survey(source, undefined);
  const guessed = mapping as Extract<ModelMapping, { kind: 'mapped' }>;
  const classes = CLASSES.map((name) => ({ name, to: name }));
  const tryOut = (output: OutputMapping = guessed.output, { input } = guessed) =>
    engine.models().tryOut({ source, mapping: { kind: 'mapped', input, output, classes }, image_id: 1 }, undefined);
  return { guessed, guesses, tryOut };
}

test('a thing has the mask that its numbers mix, inside its box, in pixels of the picture', async () => {
  const { guesses, guessed, tryOut } = await openModel(
    mixer([
      { box: [320, 320, 400, 200], scores: [0, 0, 0.9], mix: [1] }, // what is left
      { box: [320, 320, 400, 200], scores: [0.8, 0, 0], mix: [1, 1] }, // left and up: else they make up for each other
      { box: [480, 320, 200, 200], scores: [0, 0.7, 0], mix: [-1, 0] }, // what is right
    ]),
  );
  expect(guessed.output).toMatchObject({ kind: 'candidates', output: 'output0', extra: 32, prototypes: 'output1' });
  expect(guesses.join('\n')).toContain('32 numbers after them mix its mask of those in "output1"');

  const { objects } = await tryOut();

  expect(objects.map(({ class_name, polygon }) => [class_name, polygonXyxy(polygon!)])).toEqual([
    ['c', [12, 6, 32, 26]],
    ['a', [12, 6, 32, 16]],
    ['b', [38, 6, 58, 26]],
  ]);
  const { objects: boxes } = await tryOut({ ...guessed.output, prototypes: null } as OutputMapping);
  expect(boxes.map(({ xyxy, polygon }) => [xyxy.map(Math.round), polygon])[0]).toEqual([[12, 6, 52, 26], null]);
});

test('a set of more masks than a thing has numbers for is refused, and so is one that is no set', async () => {
  const { guessed, tryOut } = await openModel(mixer([{ box: [320, 320, 400, 200], scores: [0, 0, 0.9], mix: [1] }]));
  const refusal = async (change: object) =>
    (await appErrorOf(() => tryOut({ ...guessed.output, ...change } as OutputMapping))).message;

  expect(await refusal({ prototypes: 'output0' })).toContain(
    'output "output0" is [1,39,8400]; expected one set of masks',
  );
  const more = await openModel(mixer([], 40));
  const tooMany = appErrorOf(() => more.tryOut(guessed.output, guessed));
  expect((await tooMany).message).toContain('as many masks as a candidate has numbers for: 32');
});
