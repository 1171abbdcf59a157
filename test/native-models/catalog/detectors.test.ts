import { describe, expect, test } from 'vitest';
import { findModel, frozenPrefixes, hyperparametersOf, resolveFor } from '../../../native-models/catalog.ts';

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
