import { describe, expect, test } from 'vitest';
import { tileGridOf } from '../../../native-models/catalog/tiling.ts';
import {
  type DetectorCard,
  findModel,
  frozenPrefixes,
  hyperparametersOf,
  MODELS,
  networkOf,
  resolveFor,
} from '../../../native-models/catalog.ts';
import { sizeOf } from '../../../native-models/core/shape.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';

const TASK = 'image-object-detection';
const yolov5 = findModel('yolov5')!;
const problems = (model: string, given: Record<string, unknown>) =>
  resolveFor(findModel(model)!, given).problems.map(({ message }) => message);

describe('yolov5', () => {
  test('has the defaults of the specification', () => {
    expect(resolveFor(yolov5, {}).values).toMatchObject({
      ...{ number_of_epochs: 30, training_batch_size: 16, validation_batch_size: 16, learning_rate: 0.01 },
      ...{ img_size: 640, model_size: 'medium', box_score_thresh: 0.1, box_iou_thresh: 0.5 },
      ...{ validation_metric_type: 'voc', validation_iou_threshold: 0.5 },
    });
  });

  test('takes no hyperparameter of classification or of two-stage detectors', () => {
    for (const name of ['train_crop_size', 'weighted_loss', 'min_size', 'box_nms_thresh', 'box_detections_per_img']) {
      expect(problems('yolov5', { [name]: 1 }).join()).toContain(`unknown hyperparameter "${name}"`);
    }
  });

  test('takes sides made of whole cells', () => {
    expect(problems('yolov5', { img_size: 650 })).toEqual(['img_size must be a multiple of 32 for yolov5, got 650']);
    expect(problems('yolov5', { img_size: 608, model_size: 'extra_large' })).toEqual([]);
  });

  test('freezes as many groups of its backbone as are asked for', () => {
    expect(frozenPrefixes(yolov5, 2)).toEqual(['model.0.', 'model.1.']);
    expect(problems('yolov5', { layers_to_freeze: 11 })).toHaveLength(1);
  });
});

test('model_size is for yolov5 alone', () => {
  expect(problems('yolox_nano', { model_size: 'small' })).toHaveLength(1);
  expect(problems('resnet18', { model_size: 'small' })).toHaveLength(1);
  expect(hyperparametersOf(findModel('yolox_nano')!, TASK).find(({ name }) => name === 'img_size')?.default).toBe(416);
});

const TWO_STAGE = ['18', '34', '50', '101', '152'].map((depth) => `fasterrcnn_resnet${depth}_fpn`);

describe.each(['retinanet_resnet50_fpn', ...TWO_STAGE])('%s', (model) => {
  const card = findModel(model)!;

  test('has the defaults of the specification', () => {
    expect(card.tasks).toEqual([TASK]);
    expect(resolveFor(card, {}).values).toMatchObject({
      ...{ number_of_epochs: 15, training_batch_size: 2, validation_batch_size: 1, learning_rate: 0.005 },
      ...{ min_size: 600, max_size: 1333, box_score_thresh: 0.3, box_nms_thresh: 0.5, box_detections_per_img: 100 },
      ...{ validation_metric_type: 'voc', validation_iou_threshold: 0.5 },
    });
  });

  test('takes no hyperparameter of classification or of yolov5', () => {
    for (const name of ['train_crop_size', 'weighted_loss', 'img_size', 'model_size', 'box_iou_thresh']) {
      expect(problems(model, { [name]: 1 }).join()).toContain(`unknown hyperparameter "${name}"`);
    }
  });

  test('refuses values outside the ranges', () => {
    const wrong = { min_size: 0, max_size: 1.5, box_score_thresh: 1.1, box_nms_thresh: -1, box_detections_per_img: 0 };

    expect(resolveFor(card, wrong).problems.map(({ name }) => name)).toEqual(Object.keys(wrong));
  });

  test('freezes the stem and stages of its backbone, without the norms of the stem', () => {
    const parameters = [...namedParameters(networkOf(card, 3)).keys()];
    const frozen = (groups: number) => {
      const prefixes = frozenPrefixes(card, groups);
      return parameters.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
    };

    expect(frozen(1)).toEqual(['backbone.body.conv1.weight']);
    expect(frozen(5).every((name) => name.startsWith('backbone.body.'))).toBe(true);
    expect(frozen(5).some((name) => name.startsWith('backbone.body.layer4.'))).toBe(true);
    expect(problems(model, { layers_to_freeze: 6 })).toHaveLength(1);
  });

  test('keeps batch norm frozen where it starts from weights, and trains it where it starts from nothing', () => {
    const roles = (isPretrained: boolean) => {
      const network = (card as DetectorCard).build({ classes: 2, params: {}, slots: 1, isPretrained });
      return namedParameters(network).get('backbone.body.bn1.weight')!.role;
    };

    expect([roles(true), roles(false)]).toEqual(['statistic', 'weight']);
  });
});

test('parameters are as many as torchvision counts for 91 classes, the background among them', () => {
  const count = (model: string, classes: number) =>
    [...namedParameters(networkOf(findModel(model)!, classes)).values()]
      .filter(({ role }) => role === 'weight')
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);

  // Of the published weights' descriptions, less the scales and biases of frozen norms that these do not count.
  expect(count('retinanet_resnet50_fpn', 91)).toBe(34_014_999);
  expect(count('fasterrcnn_resnet50_fpn', 90)).toBe(41_755_286);
});

const TILED = ['yolov5', 'yolox_nano', 'retinanet_resnet50_fpn', ...TWO_STAGE];

describe('tiling', () => {
  test.each(TILED)('of %s is off by default, with the thresholds of the specification', (model) => {
    expect(resolveFor(findModel(model)!, {}).values).toMatchObject({
      tile_grid_size: null,
      tile_overlap_ratio: 0.25,
      tile_predictions_nms_thresh: 0.25,
      tile_predictions_nms_per_class: 1,
    });
    expect(tileGridOf(resolveFor(findModel(model)!, {}).values)).toBeNull();
  });

  test('is for models that find boxes alone', () => {
    const others = MODELS.filter(({ name }) => !TILED.includes(name)).map(({ name }) => name);

    expect(others).toContain('resnet18');
    for (const name of others) expect(problems(name, { tile_grid_size: '(3, 2)' })).toHaveLength(1);
  });

  test.each(['(3, 2)', '(3,2)', ' ( 3 , 2 ) ', '3x2', '3X2', '3, 2', '[3, 2]', [3, 2]])(
    'takes a grid written as %j',
    (given) => {
      const { values } = resolveFor(findModel('retinanet_resnet50_fpn')!, { tile_grid_size: given });

      expect(values['tile_grid_size']).toBe('(3, 2)');
      expect(tileGridOf(values)).toEqual({ columns: 3, rows: 2, overlap01: 0.25 });
    },
  );

  test.each(['3', '(3)', '(0, 2)', '(33, 1)', '(3, 2, 1)', '(3.5, 2)', '(-3, 2)', '(3, 2', 3, true, [3], ['3', 'x']])(
    'refuses %j',
    (given) => {
      expect(problems('yolov5', { tile_grid_size: given })).toEqual([
        `tile_grid_size must be two whole numbers from 1 to 32, as "(3, 2)", got ${JSON.stringify(given)}`,
      ]);
    },
  );

  test('refuses an overlap of 1 with its reason, and what is outside the ranges', () => {
    expect(problems('yolov5', { tile_overlap_ratio: 1 })).toEqual([
      'tile_overlap_ratio must be below 1: at 1 every tile would be the whole image',
    ]);
    expect(problems('yolov5', { tile_overlap_ratio: 0, tile_predictions_nms_threshold: 1 })).toEqual([]);
    expect(problems('yolov5', { tile_overlap_ratio: -0.1, tile_predictions_nms_thresh: 1.1 })).toHaveLength(2);
  });
});
