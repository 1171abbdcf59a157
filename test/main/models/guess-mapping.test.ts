import { describe, expect, test } from 'vitest';
import { namesInMetadata } from '../../../main/models/class-names.ts';
import { type GuessedFor, guessMapping } from '../../../main/models/guess-mapping.ts';
import type { FileFacts, ModelMapping, ValueFacts } from '../../../preload/contract/imported-models.ts';

const value = (name: string, shape: readonly (number | null)[], type = 'float32', seen: ValueFacts['seen'] = null) => {
  return { name, type, shape, seen };
};
const file = (inputs: readonly ValueFacts[], outputs: readonly ValueFacts[]): FileFacts => {
  return { path: 'a.onnx', sha256: '', size_bytes: 1, producer: '', inputs, outputs };
};
const picture = value('images', [1, 3, 640, 640]);
const objects: GuessedFor = { task: 'image-object-detection', projectClasses: ['car', 'bus'], names: null };
const single: GuessedFor = { task: 'image-classification', projectClasses: [], names: null };
const guess = (outputs: readonly ValueFacts[], given = objects, inputs: readonly ValueFacts[] = [picture]) =>
  guessMapping(file(inputs, outputs), given).mapping;
const names = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`);

describe('what a model answers is guessed', () => {
  test('of candidates in rows and in columns, decoded and in cells', () => {
    const five = { kind: 'candidates', order: 'rows', has_objectness: true, units: 'pixels' };
    expect(guess([value('output0', [1, 25200, 85])])).toMatchObject({
      output: five,
      input: { fit: 'letterbox', divisor: 255 },
    });
    expect(guess([value('output0', [1, 84, 8400])])).toMatchObject({
      output: { kind: 'candidates', order: 'columns', has_objectness: false, units: 'pixels' },
    });
    expect(guess([value('output', [1, 8400, 85])])).toMatchObject({
      output: { ...five, units: 'grid' },
      input: { colour: 'bgr', fit: 'corner', divisor: 1, frame: [114, 114, 114] },
    });
    expect(guess([value('o', [1, 300, 7])], { ...objects, names: names(3) })).toMatchObject({
      output: { order: 'rows', has_objectness: false },
    });
    expect(
      guess([value('o', [1, null, null], 'float32', { shape: [1, 6, 99], least: 0, most: 1, sum: 1 })]),
    ).toMatchObject({
      output: { order: 'columns' },
      classes: [
        { name: 'car', to: 'car' },
        { name: 'bus', to: 'bus' },
      ],
    });
  });

  test('of boxes, labels and scores by name, and by type where names say nothing; masks beside them', () => {
    const named = [value('boxes', [null, 4]), value('labels', [null], 'int64'), value('scores', [null])];
    const output = { kind: 'boxes', boxes: 'boxes', labels: 'labels', scores: 'scores', masks: null, first_label: 1 };
    expect(guess(named)).toMatchObject({ output, input: { fit: 'corner', divisor: 255, mean: [0, 0, 0] } });
    expect(guess([...named, value('masks', [null, 1, null, null])])).toMatchObject({
      output: { ...output, masks: 'masks' },
    });
    expect(guess([value('1202', [null, 4]), value('1203', [null], 'int64'), value('1204', [null])])).toMatchObject({
      output: { boxes: '1202', labels: '1203', scores: '1204' },
    });
  });

  test('of classes, with what makes probabilities of them', () => {
    const seen = (least: number, most: number, sum: number) => ({ shape: [1, 10], least, most, sum });
    const of = (one: ValueFacts['seen'], given = single) => guess([value('prob', [1, 10], 'float32', one)], given);
    const multi: GuessedFor = { ...single, task: 'image-classification-multilabel' };

    expect(of(null)).toMatchObject({ output: { kind: 'classes', activation: 'softmax' }, input: { fit: 'crop' } });
    expect(of(seen(0, 0.4, 1))).toMatchObject({ output: { activation: 'none' } });
    expect(of(seen(-3, 4, 2), multi)).toMatchObject({ output: { activation: 'sigmoid' } });
    expect(of(seen(0, 0.9, 3), multi)).toMatchObject({ output: { activation: 'none' } });
  });

  test('of pictures by their layout, grey ones and bytes', () => {
    const out = [value('prob', [1, 10])];
    const input = (shape: readonly (number | null)[], type?: string) => guess(out, single, [value('x', shape, type)]);

    expect(input([1, 1, 28, 28])).toMatchObject({
      input: { colour: 'grey', fit: 'squeeze', width: 28, mean: [0, 0, 0] },
    });
    expect(input([null, 96, 64, 3])).toMatchObject({ input: { layout: 'nhwc', height: 96, width: 64 } });
    expect(input([1, 3, null, null])).toMatchObject({ input: { layout: 'nchw', width: 224 } });
    expect(input([1, 3, 32, 32], 'uint8')).toMatchObject({
      input: { type: 'uint8', divisor: 1, deviation: [1, 1, 1] },
    });
  });

  test('not at all where nothing fits, and why is told', () => {
    const { mapping, guesses } = guessMapping(file([picture], [value('embedding', [1, 512, 7, 7])]), objects);
    expect(mapping).toBeNull();
    expect(guesses).toEqual([
      'the project needs outputs with boxes, labels and scores, with boxes and logits of queries, or one with all candidates; the model has "embedding" float32 [1,512,7,7]',
    ]);
    expect(guessMapping(file([value('tokens', [1, 77], 'int64')], []), objects).guesses[0]).toContain(
      'no input takes a picture',
    );
  });
});

describe('classes of the model', () => {
  test('become those of the project by name, others are left out; where none is one, each becomes one', () => {
    const out = [value('output0', [1, 7, 8400])];
    const of = (given: readonly string[], known: readonly string[]) =>
      guess(out, { ...objects, names: given, projectClasses: known }) as Extract<ModelMapping, { kind: 'mapped' }>;

    expect(of(['Car', 'tree', 'bus'], ['bus', 'car']).classes.map(({ to }) => to)).toEqual(['car', null, 'bus']);
    expect(of(['a', 'b', 'c'], ['car']).classes.map(({ to }) => to)).toEqual(['a', 'b', 'c']);
  });

  test('without names are those of the project where there are as many, else numbers that say nothing', () => {
    expect(guess([value('o', [1, 6, 8400])])).toMatchObject({ classes: [{ to: 'car' }, { to: 'bus' }] });
    const { mapping, guesses } = guessMapping(file([picture], [value('o', [1, 7, 8400])]), {
      ...objects,
      names: names(2),
    });
    expect(mapping).toMatchObject({ output: { has_objectness: true } }); // 7 = 5 + 2
    expect(guesses.join()).toContain('none of its classes is one of the project');
    expect(guess([value('o', [1, 9, 8400])])).toMatchObject({
      classes: names(5).map((_, i) => ({ name: `class ${i}`, to: null })),
    });
  });

  test('have names in the file as exporters write them', () => {
    const read = (text: string) => namesInMetadata(new Map([['names', text]]));
    expect(read("{0: 'person', 1: \"baker's dozen\"}")).toEqual(['person', "baker's dozen"]);
    expect(read('["a", "b"]')).toEqual(['a', 'b']);
    expect(read('{"0": "a", "1": "b"}')).toEqual(['a', 'b']);
    expect(read('a\r\nb\n')).toEqual(['a', 'b']);
    expect([read('{0: '), read('{1: "a"}'), read('a\n\nb'), read(' ')]).toEqual([null, null, null, null]);
  });
});
