import { describe, expect, test } from 'vitest';
import {
  defaultModel,
  findDetector,
  findModel,
  frozenPrefixes,
  networkOf,
  resolveFor,
} from '../../../native-models/catalog.ts';
import { sizeOf } from '../../../native-models/core/shape.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';
import { BACKBONE_PREFIX, renamed } from '../../../native-models/weights/naming.ts';

const TASK = 'image-instance-segmentation';
const LIGHT = 'maskrcnn_mobilenetv2_fpn';
const MODELS = ['18', '34', '50', '101', '152'].map((depth) => `maskrcnn_resnet${depth}_fpn`);

describe.each([...MODELS, LIGHT])('%s', (model) => {
  const card = findModel(model)!;

  test('has the defaults of the specification', () => {
    expect(card.tasks).toEqual([TASK]);
    const sides = model === LIGHT ? { min_size: 400, max_size: 800 } : { min_size: 600, max_size: 1333 };
    expect(resolveFor(card, {}, TASK).values).toMatchObject({
      ...{ number_of_epochs: 15, training_batch_size: 2, validation_batch_size: 1, learning_rate: 0.005, ...sides },
      ...{ box_score_thresh: 0.3, box_nms_thresh: 0.5, box_detections_per_img: 100 },
      ...{ validation_metric_type: 'voc', validation_iou_threshold: 0.5 },
      ...{ mask_pixel_score_threshold: 0.5, max_number_of_polygon_points: 100 },
    });
  });

  test('takes no hyperparameter of other tasks, nor values outside the ranges', () => {
    const foreign = { train_crop_size: 1, weighted_loss: 1, img_size: 64, box_iou_thresh: 0.5 };
    const wrong = { mask_pixel_score_threshold: 1.1, max_number_of_polygon_points: 0 };

    expect(resolveFor(card, { ...foreign, ...wrong }, TASK).problems.map(({ name }) => name)).toEqual([
      ...Object.keys(foreign),
      ...Object.keys(wrong),
    ]);
  });

  test('refuses tiling, which the specification has not for masks', () => {
    const tiling = { tile_grid_size: '(3, 2)', tile_overlap_ratio: 0.25, tile_predictions_nms_thresh: 0.25 };

    expect(resolveFor(card, tiling, TASK).problems.map(({ name }) => name)).toEqual(Object.keys(tiling));
  });
});

test('the default model is the one of the specification', () => {
  expect(defaultModel(TASK)).toBe('maskrcnn_resnet50_fpn');
});

test('parameters are as many as torchvision counts for 91 classes, the background among them', () => {
  const parameters = namedParameters(networkOf(findModel('maskrcnn_resnet50_fpn')!, 90));
  const weights = [...parameters.values()].filter(({ role }) => role === 'weight');

  // Of the published weights' description, less the scales and biases of frozen norms that these do not count.
  expect(weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(44_401_393);
});

describe('the light model', () => {
  const card = findDetector(LIGHT)!;
  const names = [...namedParameters(networkOf(card, 3)).keys()];

  test('begins with the blocks of a MobileNetV2, all of them, and can start from one', () => {
    const classifier = [...namedParameters(networkOf(findModel('mobilenetv2')!, 2)).keys()];
    const asBackbone = [...renamed(new Map(classifier.map((name) => [name, 0])), 'backbone-alone').keys()];

    expect(card.backbone).toBe('mobilenetv2');
    const body = names.filter((name) => name.startsWith(BACKBONE_PREFIX));
    expect(body.length).toBeGreaterThan(200);
    expect(body.filter((name) => !asBackbone.includes(name))).toEqual([]);
  });

  test('freezes its blocks from the first on', () => {
    const prefixes = frozenPrefixes(card, 18);

    expect(prefixes[0]).toBe('backbone.body.0.');
    expect(
      names
        .filter((name) => name.startsWith(BACKBONE_PREFIX))
        .every((name) => prefixes.some((prefix) => name.startsWith(prefix))),
    ).toBe(true);
    expect(resolveFor(card, { layers_to_freeze: 19 }, TASK).problems).toHaveLength(1);
  });
});
