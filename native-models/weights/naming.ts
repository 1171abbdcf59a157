/** How published files name the parameters of models that are called otherwise here. */

type Rename = readonly (readonly [from: RegExp, to: string])[];

/** Source: torchvision 0.14, `VisionTransformer`; to timm's names. */
const TORCHVISION_VIT: Rename = [
  [/^class_token$/, 'cls_token'],
  [/^encoder\.pos_embedding$/, 'pos_embed'],
  [/^conv_proj\./, 'patch_embed.proj.'],
  [/^encoder\.ln\./, 'norm.'],
  [/^heads\.head\./, 'head.'],
  [/^encoder\.layers\.encoder_layer_(\d+)\./, 'blocks.$1.'],
  [/\.ln_([12])\./, '.norm$1.'],
  [/\.self_attention\.in_proj_/, '.attn.qkv.'],
  [/\.self_attention\.out_proj\./, '.attn.proj.'],
  [/\.mlp\.(?:linear_1|0)\./, '.mlp.fc1.'],
  [/\.mlp\.(?:linear_2|3)\./, '.mlp.fc2.'],
];

/** Source: timm, `resnet.py` with squeeze and excitation; to the names of `pretrainedmodels`, where the network comes from. */
const TIMM_SERESNEXT: Rename = [
  [/^(conv1|bn1)\./, 'layer0.$1.'],
  [/\.se\./, '.se_module.'],
  [/^fc\./, 'last_linear.'],
];

/**
 * Detectors whose convolutions were not yet blocks of their own, which the published files are of.
 * Source: torchvision 0.14, `_load_from_state_dict` of `FeaturePyramidNetwork`, `RPNHead`, both heads of `RetinaNet` and
 * `MaskRCNNHeads`; to the names of their second versions.
 */
const TORCHVISION_DETECTORS_1: Rename = [
  [/^(backbone\.fpn\.(?:inner|layer)_blocks\.\d+)\.(weight|bias)$/, '$1.0.$2'],
  [/^(rpn\.head\.conv)\.(weight|bias)$/, '$1.0.0.$2'],
  ...[0, 1, 2, 3].flatMap(
    (i): Rename => [
      // A tower was a list of convolutions with an activation after each.
      [new RegExp(`^(head\\.(?:classification|regression)_head\\.conv)\\.${2 * i}\\.(weight|bias)$`), `$1.${i}.0.$2`],
      [new RegExp(`^(roi_heads\\.mask_head)\\.mask_fcn${i + 1}\\.`), `$1.${i}.0.`],
    ],
  ),
];

/** Where detectors have the network that classifiers of whole images begin with. */
export const BACKBONE_PREFIX = 'backbone.body.';

/** A ResNet or a MobileNetV2 by itself, as torchvision and timm publish it, to that of a detector. */
const BACKBONE_ALONE: Rename = [
  [/^(?=conv1\.|bn1\.|layer\d\.)/, BACKBONE_PREFIX],
  [/^features\./, BACKBONE_PREFIX],
];

const NAMINGS = {
  own: [],
  'torchvision-vit': TORCHVISION_VIT,
  'timm-seresnext': TIMM_SERESNEXT,
  'torchvision-detectors-1': TORCHVISION_DETECTORS_1,
  'backbone-alone': BACKBONE_ALONE,
} as const;

/** `own`: as the model itself. */
export type Naming = keyof typeof NAMINGS;

/** Those that name whole models. */
export const MODEL_NAMINGS = (Object.keys(NAMINGS) as Naming[]).filter((naming) => naming !== 'backbone-alone');

/** Entries under the names the models have here. */
export function renamed<T>(entries: ReadonlyMap<string, T>, naming: Naming): ReadonlyMap<string, T> {
  const rules: Rename = NAMINGS[naming];
  if (rules.length === 0) return entries;
  const rename = (name: string) => rules.reduce((text, [from, to]) => text.replace(from, to), name);
  return new Map([...entries].map(([name, value]) => [rename(name), value]));
}
