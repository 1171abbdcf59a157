import { describe, expect, test } from 'vitest';
import { MODELS } from '../../../../native-models/catalog.ts';
import { formGroups, problemsOf } from '../../../../renderer/dash/derive/run-form.ts';

const TASK = 'image-object-detection';
const titles = (model: string, task: string) => formGroups(model, task).map(({ title }) => title);

describe('the form of a new run', () => {
  test.each(MODELS)('has every hyperparameter of $name once', ({ name, tasks, hyperparameters }) => {
    const fields = formGroups(name, tasks[0]!).flatMap((group) => group.fields.map((field) => field.name));

    expect(fields.toSorted()).toEqual(hyperparameters.map((entry) => entry.name).toSorted());
  });

  test('has groups of their own for tiles and detections where a model finds objects', () => {
    expect(titles('fasterrcnn_resnet18_fpn', TASK)).toContain('Tiles, for small objects');
    expect(titles('resnet18', 'image-classification')).not.toContain('Tiles, for small objects');
    const tiles = formGroups('yolov5', TASK).find(({ title }) => title.startsWith('Tiles'))!.fields;
    expect(tiles[0]).toMatchObject({ name: 'tile_grid_size', kind: 'text', default: '' });
    expect(tiles[0]!.range).toBe('two whole numbers from 1 to 32, as "(3, 2)"');
  });

  test('says what is wrong with a grid while it is typed', () => {
    expect(problemsOf('yolov5', TASK, { tile_grid_size: '3x2' })).toEqual(new Map());
    expect([...problemsOf('yolov5', TASK, { tile_grid_size: '3x' }).keys()]).toEqual(['tile_grid_size']);
  });
});
