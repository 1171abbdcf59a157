/** Models that find objects with their masks. */

import { FasterRcnn } from '../models/faster-rcnn.ts';
import { type DetectorCard, IMAGENET_CONVENTION } from './card.ts';
import { DETECTION } from './detector-cards.ts';
import { COMMON, withDefaults } from './hyperparameters.ts';
import { MASKS } from './mask-settings.ts';
import { BACKBONES, normOf, RCNN_DEFAULTS, RESNET_BACKBONE_GROUPS, SCALED } from './rcnn-cards.ts';

/** Tiling is not for masks. Source: product specification, section 6.3. */
const HYPERPARAMETERS = withDefaults([...COMMON, ...DETECTION, ...SCALED, ...MASKS], RCNN_DEFAULTS);

/** Blocks of MobileNetV2 in a detector: those of its classifier but the last, which is not there. */
const MOBILENET_GROUPS = Array.from({ length: 18 }, (_, i) => [`backbone.body.${i}.`]);

const FAMILY = {
  kind: 'detector',
  tasks: ['image-instance-segmentation'],
  source: 'https://arxiv.org/abs/1703.06870',
  hyperparameters: HYPERPARAMETERS,
  taskDefaults: {},
  headPrefixes: ['roi_heads.box_predictor.', 'roi_heads.mask_predictor.mask_fcn_logits.'],
  convention: IMAGENET_CONVENTION,
  views: 'scaled',
} as const satisfies Partial<DetectorCard>;

export const MASK_RCNN_CARDS: readonly DetectorCard[] = [
  ...BACKBONES.map(
    (backbone): DetectorCard => ({
      ...FAMILY,
      name: `maskrcnn_${backbone}_fpn`,
      title: `Mask R-CNN on a ResNet-${backbone.slice('resnet'.length)}: objects with the pixels that are theirs`,
      freezeGroups: RESNET_BACKBONE_GROUPS,
      backbone,
      build: ({ classes, slots, isPretrained }) =>
        new FasterRcnn({ backbone, classes, masks: true, mostTruths: slots, norm: normOf(isPretrained) }),
    }),
  ),
  {
    ...FAMILY,
    name: 'maskrcnn_mobilenetv2_fpn',
    title: 'Mask R-CNN on a MobileNetV2, made light: masks within minutes on processors',
    hyperparameters: withDefaults(HYPERPARAMETERS, { min_size: 400, max_size: 800 }),
    freezeGroups: MOBILENET_GROUPS,
    backbone: 'mobilenetv2',
    build: ({ classes, slots, isPretrained, stridedPadding }) =>
      new FasterRcnn({
        backbone: 'mobilenetv2',
        classes,
        masks: true,
        mostTruths: slots,
        norm: normOf(isPretrained),
        ...(stridedPadding ? { stridedPadding } : {}),
      }),
  },
];
