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

const NAMINGS = { own: [], 'torchvision-vit': TORCHVISION_VIT, 'timm-seresnext': TIMM_SERESNEXT } as const;

/** `own`: as the model itself. */
export type Naming = keyof typeof NAMINGS;

export const ALL_NAMINGS = Object.keys(NAMINGS) as Naming[];

/** Entries under the names the models have here. */
export function renamed<T>(entries: ReadonlyMap<string, T>, naming: Naming): ReadonlyMap<string, T> {
  const rules: Rename = NAMINGS[naming];
  if (rules.length === 0) return entries;
  const rename = (name: string) => rules.reduce((text, [from, to]) => text.replace(from, to), name);
  return new Map([...entries].map(([name, value]) => [rename(name), value]));
}
