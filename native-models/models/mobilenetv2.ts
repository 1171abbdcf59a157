/**
 * MobileNetV2.
 * Source: Sandler et al. 2018, https://arxiv.org/abs/1801.04381, table 2.
 * Parameter names are torchvision's (`features.1.conv.0.0.weight`), so its checkpoints load unmapped.
 */

import type { Tensor } from '../core/tensor.ts';
import { zeros } from '../nn/init.ts';
import { BatchNorm2d, Conv2d, Dropout, globalAveragePool, Linear, type Padding } from '../nn/layers.ts';
import { type Layer, Module, run } from '../nn/module.ts';
import type { MakeNorm } from './resnet.ts';

/** Expansion, output channels, repeats, stride of the first repeat. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const STEM = 32;
const LAST = 1280;
const DROPOUT = 0.2; // torchvision's default
const LINEAR_DEVIATION = 0.01; // torchvision's initialisation of the classifier

export interface MobileNetV2Options {
  readonly classes: number;
  /** How 3x3 convolutions of stride 2 pad; checkpoints from TensorFlow need `same-upper`. */
  readonly stridedPadding?: 'symmetric' | 'same-upper';
  readonly dropout?: number;
}

type StridedPadding = NonNullable<MobileNetV2Options['stridedPadding']>;

const relu6 = (x: Tensor): Tensor => x.clip(0, 6);

/** How all blocks of a network are made. */
interface BlockOptions {
  readonly strided: StridedPadding;
  readonly norm: MakeNorm;
}

function convBnRelu(
  inputs: number,
  outputs: number,
  kernel: 1 | 3,
  { strided, norm }: BlockOptions,
  stride = 1,
  groups = 1,
): Layer {
  const symmetric = (kernel - 1) / 2;
  const padding: Padding = stride > 1 && strided === 'same-upper' ? 'same-upper' : symmetric;
  return [new Conv2d(inputs, outputs, kernel, { stride, padding, groups, bias: false }), norm(outputs), relu6];
}

/** Expand by 1x1, filter depthwise, project by 1x1 without activation; adds its input where shapes agree. */
class InvertedResidual extends Module {
  readonly conv: Layer;
  private readonly isResidual: boolean;

  constructor(inputs: number, outputs: number, expansion: number, stride: number, options: BlockOptions) {
    super();
    const hidden = inputs * expansion;
    const expand = expansion === 1 ? [] : [convBnRelu(inputs, hidden, 1, options)];
    const depthwise = convBnRelu(hidden, hidden, 3, options, stride, hidden);
    this.conv = [...expand, depthwise, new Conv2d(hidden, outputs, 1, { bias: false }), options.norm(outputs)];
    this.isResidual = stride === 1 && inputs === outputs;
  }

  call(x: Tensor): Tensor {
    const y = run(this.conv, x);
    return this.isResidual ? x.add(y) : y;
  }
}

export interface FeatureOptions {
  readonly stridedPadding?: StridedPadding;
  readonly norm?: MakeNorm;
}

/** The network up to its last block, as a list, and the channels after each. Shapes: [N,3,H,W] -> [N,320,H/32,W/32]. */
export function mobileNetBlocks({
  stridedPadding: strided = 'symmetric',
  norm = (channels) => new BatchNorm2d(channels),
}: FeatureOptions): { readonly blocks: Layer[]; readonly channels: number[] } {
  const options = { strided, norm };
  const blocks = [convBnRelu(3, STEM, 3, options, 2)];
  const channels = [STEM];
  for (const [expansion, outputs, repeats, stride] of STAGES) {
    for (let i = 0; i < repeats; i++) {
      blocks.push(new InvertedResidual(channels.at(-1)!, outputs, expansion, i === 0 ? stride : 1, options));
      channels.push(outputs);
    }
  }
  return { blocks, channels };
}

/** Shapes: [N,3,H,W] -> logits [N,classes]. */
export class MobileNetV2 extends Module {
  readonly features: Layer;
  readonly classifier: Layer;

  constructor({ classes, stridedPadding = 'symmetric', dropout = DROPOUT }: MobileNetV2Options) {
    super();
    const norm: MakeNorm = (channels) => new BatchNorm2d(channels);
    const { blocks, channels } = mobileNetBlocks({ stridedPadding, norm });
    this.features = [...blocks, convBnRelu(channels.at(-1)!, LAST, 1, { strided: stridedPadding, norm })];
    const linear = new Linear(LAST, classes, { weight: { kind: 'normal', deviation: LINEAR_DEVIATION }, bias: zeros });
    this.classifier = [new Dropout(dropout), linear];
  }

  call(x: Tensor): Tensor {
    return run(this.classifier, globalAveragePool(run(this.features, x)));
  }
}
