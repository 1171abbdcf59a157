import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngine, type Workbench } from '../../../main/engine.ts';
import type { Pixels } from '../../../main/images/pixels.ts';
import { damagedModels } from '../../../main/models/model-store.ts';
import { ensureClass } from '../../../main/store/classes.ts';
import type { ModelMapping, ModelSource } from '../../../preload/contract/imported-models.ts';
import type { PredictEvent } from '../../../preload/contract/proposals.ts';
import type { Task } from '../../../preload/contract/tasks.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { makeBundle } from '../../kit/made-bundle.ts';
import { picturedProject } from '../../kit/pictured-project.ts';
import { picture } from '../../kit/pictures.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';
import { boxFinder, colourClassifier, writeModel } from '../../kit/tiny-models.ts';

const red = picture(60, 40, () => [200, 20, 20]);
const greenish = picture(40, 60, () => [30, 90, 60]);
const SIDE = 16;

async function engineOn(task: Task, pictures: readonly (Pixels | string)[], classes: readonly string[] = []) {
  const folder = await picturedProject(task, pictures, (db) => {
    for (const name of classes) ensureClass(db, name);
  });
  const home = tempFolder();
  const engine = openEngine(folder, { clock: new FakeClock(), logBug: () => {}, home, threads: 1, roots: null });
  onTestFinished(() => engine.close());
  return { engine, folder };
}

const sourceOf = (path: string): ModelSource => ({ path, decoder: null, labels: null });

async function ask(engine: Workbench, run_id: string, image_ids: number[]) {
  const events: PredictEvent[] = [];
  for await (const event of engine.labelling().predict({ run_id, image_ids }, undefined)) events.push(event);
  return { last: events.at(-1), proposals: image_ids.map((id) => engine.labelling().document(id).proposals) };
}

const mapped = (mapping: ModelMapping | null) => mapping as Extract<ModelMapping, { kind: 'mapped' }>;

describe('a classifier from elsewhere', () => {
  test('is looked at, tried, added with a record, asked as a run is, and taken out with what it said', async () => {
    const { engine, folder } = await engineOn('image-classification', [red, greenish], ['green', 'red']);
    const source = sourceOf(writeModel(tempFolder(), 'colours.onnx', colourClassifier()));
    const models = engine.models();
    const told: number[] = [];
    models.onChanged(() => told.push(models.list().models.length));

    const survey = await models.survey(source, undefined);
    expect(survey).toMatchObject({ name: 'colours', decoder: null, model: { producer: 'lightbench' } });
    expect(survey.guesses.at(-1)).toBe('2 of 3 classes have the name of one of the project; the others are left out');
    const guessed = mapped(survey.mapping);
    expect(guessed.output).toEqual({ kind: 'classes', scores: 'prob', activation: 'none' });
    const none = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;
    const mapping: ModelMapping = { ...guessed, input: { ...guessed.input, ...none } };
    const tried = await models.tryOut({ source, mapping, image_id: 1 }, undefined);
    expect(tried.classes[0]).toEqual({ class_name: 'Red', probability: expect.closeTo(0.998, 2) });

    const added = await models.add({ source, name: 'my colours', mapping });
    expect(JSON.parse(readFileSync(join(folder, 'models', added.id, 'model.json'), 'utf8'))).toEqual(added);
    const { last, proposals } = await ask(engine, added.id, [1, 2]);
    expect(last).toEqual({ type: 'done', predicted: 2, skipped: [] });
    expect(proposals.map((one) => one!.classes[0]!.class_name)).toEqual(['red', 'green']);
    const total = proposals[1]!.classes.reduce((sum, { probability }) => sum + probability, 0);
    expect(total).toBeCloseTo(1, 6); // what is left out has no share

    await models.remove(added.id);
    expect([told, models.list(), readdirSync(join(folder, 'models'))]).toEqual([
      [1, 0],
      { models: [], damaged: [] },
      [],
    ]);
    expect(engine.labelling().document(1).proposals).toBeNull();
  });

  test('is refused where the project is about objects, and by name where it is not what its record says', async () => {
    const { engine, folder } = await engineOn('image-object-detection', [red]);
    const path = writeModel(tempFolder(), 'colours.onnx', colourClassifier());
    const models = engine.models();
    const survey = await models.survey(sourceOf(path), undefined);
    expect(survey.mapping).toBeNull();
    const input = { layout: 'nchw', type: 'float32', width: 8, height: 8, colour: 'rgb', fit: 'squeeze' } as const;
    const mapping: ModelMapping = {
      kind: 'mapped',
      input: { name: 'data', ...input, frame: [0, 0, 0], divisor: 255, mean: [0, 0, 0], deviation: [1, 1, 1] },
      output: { kind: 'classes', scores: 'prob', activation: 'none' },
      classes: [{ name: 'a', to: 'a' }],
    };
    const refused = await appErrorOf(() => models.add({ source: sourceOf(path), name: 'x', mapping }));
    expect([refused.code, refused.message]).toEqual([
      'model-invalid',
      'this model tells classes of whole images, and the project is for image-object-detection',
    ]);
    expect(existsSync(join(folder, 'models'))).toBe(false);
    expect((await appErrorOf(() => ask(engine, 'm0001', [1]))).code).toBe('model-unknown');
  });
});

describe('a model from elsewhere that finds boxes and masks', () => {
  test('proposes them in pixels of the image, by the classes of the project, with outlines', async () => {
    const half = picture(64, 32, (x) => (x < 20 ? [255, 255, 255] : [90, 90, 90]));
    const { engine, folder } = await engineOn('image-instance-segmentation', [half, red], ['bolt']);
    const source = sourceOf(writeModel(tempFolder(), 'finder.onnx', boxFinder(SIDE)));
    const { mapping: guessed } = await engine.models().survey(source, undefined);
    const classes = [
      { name: 'thing', to: 'bolt' },
      { name: 'other', to: null },
    ];
    const mapping = { ...mapped(guessed), classes };
    const tried = await engine.models().tryOut({ source, mapping, image_id: 1 }, undefined);
    expect(tried.objects.map(({ class_name, xyxy }) => [class_name, xyxy])).toEqual([
      ['thing', [0, 0, 32, 32]], // the canvas of 16 shows 64 x 32 pixels in its upper half
      ['other', [8, 16, 40, 32]],
    ]);

    const { id } = await engine.models().add({ source, name: 'finder', mapping });
    const { proposals } = await ask(engine, id, [1]);
    const [object, ...others] = proposals[0]!.objects;
    expect([object!.class_name, others]).toEqual(['bolt', []]);
    const xs = object!.polygon![0]!.outline.filter((_, i) => i % 2 === 0);
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([0, 20]);

    const file = join(folder, 'models', id, 'model.onnx');
    writeFileSync(file, boxFinder(32));
    const damaged = await appErrorOf(() => ask(engine, id, [1]));
    expect([damaged.code, damaged.message]).toEqual(['model-invalid', expect.stringContaining('missing or damaged')]);
    mkdirSync(join(folder, 'models', 'm0002'));
    writeFileSync(join(folder, 'models', 'm0002', 'model.json'), '{"format": 1}');
    const shelf = engine.models().list();
    expect([shelf.models.map((one) => one.id), shelf.damaged]).toEqual([[id], [expect.stringContaining('field id')]]);
    expect(await damagedModels(folder)).toEqual([...shelf.damaged, damaged.message]);
  });

  test('whose mapping is wrong says which output is not as it says', async () => {
    const { engine } = await engineOn('image-object-detection', [red], ['bolt']);
    const source = sourceOf(writeModel(tempFolder(), 'finder.onnx', boxFinder(SIDE)));
    const guessed = mapped((await engine.models().survey(source, undefined)).mapping);
    const output = { kind: 'candidates', output: 'boxes', order: 'rows', has_objectness: true } as const;
    const rest = { units: 'pixels', activation: 'none', extra: 0, prototypes: null, overlap: 0.5 } as const;
    const wrong = { ...guessed, output: { ...output, ...rest } };
    const error = await appErrorOf(() => engine.models().tryOut({ source, mapping: wrong, image_id: 1 }, undefined));
    expect(error.message).toBe('output "boxes" is [2,4]; expected rows of 6 numbers for 1 classes');
    const small = { ...guessed, input: { ...guessed.input, width: 8 } };
    const other = await appErrorOf(() => engine.models().tryOut({ source, mapping: small, image_id: 1 }, undefined));
    expect([other.code, other.message]).toEqual([
      'model-invalid',
      expect.stringMatching(/finder.onnx failed on a picture.*8/s),
    ]);
  });
});

test('a bundle of ours asks nothing and says what scoring it says', async () => {
  const { engine } = await engineOn('image-classification', [red, greenish]);
  const bundle = makeBundle(join(tempFolder(), 'pets'), { labels: ['cat', 'dog'], thresholds: null });
  const survey = await engine.models().survey(sourceOf(join(bundle, 'model.onnx')), undefined);
  expect([survey.name, survey.mapping]).toEqual([
    'pets',
    {
      kind: 'bundle',
      finds: 'classes',
      classes: [
        { name: 'cat', to: 'cat' },
        { name: 'dog', to: 'dog' },
      ],
    },
  ]);
  const { id, files } = await engine
    .models()
    .add({ source: sourceOf(bundle), name: survey.name, mapping: survey.mapping! });
  expect(files.map(({ role, name }) => [role, name])).toEqual([
    ['model', 'model.onnx'],
    ['description', 'bundle.json'],
  ]);
  const { proposals } = await ask(engine, id, [1]);
  expect(proposals[0]!.classes.map(({ class_name }) => class_name).sort()).toEqual(['cat', 'dog']);
});

describeWithShared('YOLOX-nano as it is published', ['data/weights/yolox_nano.onnx', 'data/sign-digits/7'], () => {
  test('is guessed right and finds the person of a photograph that its camera has turned', async () => {
    const photo = sharedPath('data/sign-digits/7/IMG_5874.JPG');
    const { engine } = await engineOn('image-object-detection', [photo], ['hand']);
    const source = sourceOf(sharedPath('data/weights/yolox_nano.onnx'));
    const { mapping } = await engine.models().survey(source, undefined);
    const classes = mapped(mapping).classes.map((one, i) => (i === 0 ? { name: 'person', to: 'hand' } : one));
    const { id } = await engine.models().add({ source, name: 'yolox', mapping: { ...mapped(mapping), classes } });
    const { proposals } = await ask(engine, id, [1]);
    const [best] = proposals[0]!.objects;

    expect(best).toMatchObject({ class_name: 'hand', score: expect.closeTo(0.76, 1) });
    const [x0, y0, x1, y1] = best!.xyxy;
    expect([x1 - x0 > 1300, y1 - y0 > 2400, x0 > 700, y0 < 500]).toEqual([true, true, true, true]);
  });
});
