/** Models that find objects. */

import { YOLOV5S, YoloV5, type YoloV5Size } from '../models/yolov5.ts';
import { YoloXNano } from '../models/yolox.ts';
import { decaysAllButVectors } from '../nn/decay.ts';
import { type DetectorCard, IMAGENET_CONVENTION, type InputConvention } from './card.ts';
import { COMMON, fraction, type Hyperparameter, positive, row, withDefaults } from './hyperparameters.ts';
import { TILING } from './tiling.ts';

const DETECTION_TASKS = ['image-object-detection'];

/** What detection and segmentation models take. Source: product specification, sections 6.3 to 6.5. */
export const DETECTION: readonly Hyperparameter[] = [
  row(
    'validation_metric_type',
    { kind: 'choice', values: ['none', 'coco', 'voc', 'coco_voc'] },
    'voc',
    'how validation is measured; with none no epoch is the best one: checkpoint_frequency keeps some',
  ),
  row(
    'validation_iou_threshold',
    { kind: 'number', min: 0.1, max: 1 },
    0.5,
    'overlap from which a box counts as found, where the metric is voc',
  ),
];

/** Source: product specification, section 6.4. */
const ONE_STAGE: readonly Hyperparameter[] = [
  row('img_size', positive, 640, 'side of the network input, in pixels; pictures are letterboxed; a multiple of 32'),
  row(
    'multi_scale',
    { kind: 'flag' },
    0,
    'draw the side of every training epoch from half to one and a half of img_size',
  ),
  row('box_score_thresh', fraction, 0.1, 'detections have a score above it: probability of object times class'),
  row('box_iou_thresh', fraction, 0.5, 'of detections of a class that overlap by more, the best is kept'),
];

const MODEL_SIZE = row(
  'model_size',
  { kind: 'choice', values: Object.keys(YOLOV5S) },
  'medium',
  'depth and width of the network',
);

/** Source: product specification, section 6.6. */
const ONE_STAGE_DEFAULTS = {
  number_of_epochs: 30,
  training_batch_size: 16,
  validation_batch_size: 16,
  learning_rate: 0.01,
};

/** Pixels in 0..1. Source: product specification, section 18.4. */
const UNIT_PIXELS: InputConvention = { ...IMAGENET_CONVENTION, mean: [0, 0, 0], deviation: [1, 1, 1] };
/** Pixels as bytes. */
export const BYTE_PIXELS: InputConvention = { ...UNIT_PIXELS, deviation: [1 / 255, 1 / 255, 1 / 255] };

export const DETECTOR_CARDS: readonly DetectorCard[] = [
  {
    name: 'yolov5',
    kind: 'detector',
    tasks: DETECTION_TASKS,
    title: 'YOLOv5: one-stage detector with anchors, in four sizes',
    source: 'https://arxiv.org/abs/2004.10934',
    hyperparameters: withDefaults([...COMMON, ...DETECTION, ...ONE_STAGE, MODEL_SIZE, ...TILING], ONE_STAGE_DEFAULTS),
    taskDefaults: {},
    headPrefixes: ['head.'],
    freezeGroups: Array.from({ length: 10 }, (_, i) => [`model.${i}.`]),
    decays: decaysAllButVectors,
    convention: UNIT_PIXELS,
    views: 'letterboxed',
    build: ({ classes, params, slots }) => new YoloV5({ size: params['model_size'] as YoloV5Size, classes, slots }),
  },
  {
    name: 'yolox_nano',
    kind: 'detector',
    tasks: DETECTION_TASKS,
    title: 'YOLOX-nano: small one-stage detector without anchors, for CPUs',
    source: 'https://arxiv.org/abs/2107.08430',
    hyperparameters: withDefaults([...COMMON, ...DETECTION, ...ONE_STAGE, ...TILING], {
      ...ONE_STAGE_DEFAULTS,
      img_size: 416,
    }),
    taskDefaults: {},
    headPrefixes: ['head.cls_preds.'],
    freezeGroups: [
      ['backbone.backbone.stem.'],
      ['backbone.backbone.dark2.'],
      ['backbone.backbone.dark3.'],
      ['backbone.backbone.dark4.'],
      ['backbone.backbone.dark5.'],
    ],
    decays: decaysAllButVectors,
    convention: BYTE_PIXELS,
    views: 'letterboxed',
    build: ({ classes, slots }) => new YoloXNano({ classes, slots }),
  },
];
