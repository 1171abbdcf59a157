/** Detectors on a feature pyramid over a ResNet: RetinaNet and Faster R-CNN. */

import { FasterRcnn } from '../models/faster-rcnn.ts';
import { RESNETS, type ResNetName } from '../models/resnet.ts';
import { RetinaNet } from '../models/retinanet.ts';
import { type DetectorCard, IMAGENET_CONVENTION } from './card.ts';
import { DETECTION } from './detector-cards.ts';
import { COMMON, fraction, type Hyperparameter, positive, row, withDefaults } from './hyperparameters.ts';
import { TILING } from './tiling.ts';

/** Source: product specification, section 6.3. */
export const SCALED: readonly Hyperparameter[] = [
  row('min_size', positive, 600, 'shorter side of a picture as the network sees it, in pixels'),
  row('max_size', positive, 1333, 'longest side of a picture as the network sees it, in pixels; goes before min_size'),
  row('box_score_thresh', fraction, 0.3, 'detections have a score above it'),
  row('box_nms_thresh', fraction, 0.5, 'of detections of a class that overlap by more, the best is kept'),
  row('box_detections_per_img', positive, 100, 'detections of a picture at most, over all classes'),
];

/** Source: product specification, section 6.6. */
export const RCNN_DEFAULTS = { training_batch_size: 2, validation_batch_size: 1, learning_rate: 0.005 };
const HYPERPARAMETERS = withDefaults([...COMMON, ...DETECTION, ...SCALED, ...TILING], RCNN_DEFAULTS);

/** Source: product specification, section 6.7.5, list `resnet_backbone`. */
export const RESNET_BACKBONE_GROUPS: readonly (readonly string[])[] = [
  'conv1',
  'layer1',
  'layer2',
  'layer3',
  'layer4',
].map((part) => [`backbone.body.${part}.`]);

/** What all of them share. */
const FAMILY = {
  kind: 'detector',
  tasks: ['image-object-detection'],
  hyperparameters: HYPERPARAMETERS,
  taskDefaults: {},
  freezeGroups: RESNET_BACKBONE_GROUPS,
  convention: IMAGENET_CONVENTION,
  views: 'scaled',
} as const satisfies Partial<DetectorCard>;

/** Batch norm of a pretrained backbone stays as it is; one that starts from nothing needs statistics of its own. */
export const normOf = (isPretrained = true): 'frozen' | 'batch' => (isPretrained ? 'frozen' : 'batch');

export const BACKBONES = Object.keys(RESNETS) as ResNetName[];

export const RCNN_CARDS: readonly DetectorCard[] = [
  {
    ...FAMILY,
    name: 'retinanet_resnet50_fpn',
    title: 'RetinaNet on a ResNet-50: one-stage detector with a loss against class imbalance',
    source: 'https://arxiv.org/abs/1708.02002',
    headPrefixes: ['head.classification_head.cls_logits.'],
    backbone: 'resnet50',
    build: ({ classes, isPretrained }) => new RetinaNet({ classes, norm: normOf(isPretrained) }),
  },
  ...BACKBONES.map(
    (backbone): DetectorCard => ({
      ...FAMILY,
      name: `fasterrcnn_${backbone}_fpn`,
      title: `Faster R-CNN on a ResNet-${backbone.slice('resnet'.length)}: two-stage detector`,
      source: 'https://arxiv.org/abs/1506.01497',
      headPrefixes: ['roi_heads.box_predictor.'],
      backbone,
      build: ({ classes, slots, isPretrained }) =>
        new FasterRcnn({ backbone, classes, masks: false, mostTruths: slots, norm: normOf(isPretrained) }),
    }),
  ),
];
