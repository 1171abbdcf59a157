/**
 * ResNeSt with two splits in one cardinal group ("2s1x64d"): a ResNet bottleneck whose 3x3 convolution attends to its
 * splits, with a stem of three 3x3 convolutions and average pools where ResNet has strides.
 * Source: Zhang et al. 2020, https://arxiv.org/abs/2004.08955, sections 3 and 4; stem and shortcut from He et al. 2018,
 * https://arxiv.org/abs/1812.01187, section 4 ("ResNet-D").
 * Parameter names are those of the authors and of timm (`layer1.0.conv2.fc1.weight`), so their checkpoints load unmapped.
 */

import type { Tensor } from '../core/tensor.ts';
import { normalisedRows, PixelLinear, scaledMaps } from '../nn/excitation.ts';
import type { Init } from '../nn/init.ts';
import { BatchNorm2d, Conv2d, globalAveragePool, Linear } from '../nn/layers.ts';
import { type Layer, Module, run } from '../nn/module.ts';

/** `stem`: channels of the stem's first two convolutions, half of its output's. Source: the authors' published models. */
export const RESNESTS = {
  resnest50: { depths: [3, 4, 6, 3], stem: 32 },
  resnest101: { depths: [3, 4, 23, 3], stem: 64 },
} as const;

export type ResNeStName = keyof typeof RESNESTS;

const WIDTHS = [64, 128, 256, 512] as const;
const EXPANSION = 4; // output channels per unit of width
const RADIX = 2; // splits
const REDUCTION = 4; // channels of the splits per hidden unit of the attention
const FEWEST_HIDDEN = 32;
const INIT: Init = { kind: 'kaiming-normal', fan: 'out' };

const relu = (x: Tensor): Tensor => x.relu();

const conv = (inputs: number, outputs: number, kernel: 1 | 3, { stride = 1, groups = 1 } = {}): Conv2d =>
  new Conv2d(inputs, outputs, kernel, { stride, padding: (kernel - 1) / 2, groups, bias: false, init: INIT });

/** A 3x3 convolution that makes every map twice, and mixes the two by shares that their means decide. */
class SplitAttention extends Module {
  readonly conv: Conv2d;
  readonly bn0: BatchNorm2d;
  readonly fc1: PixelLinear;
  readonly bn1: BatchNorm2d;
  readonly fc2: PixelLinear;

  constructor(width: number) {
    super();
    const hidden = Math.max(FEWEST_HIDDEN, (width * RADIX) / REDUCTION);
    this.conv = conv(width, width * RADIX, 3, { groups: RADIX });
    this.bn0 = new BatchNorm2d(width * RADIX);
    this.fc1 = new PixelLinear(width, hidden, INIT);
    this.bn1 = new BatchNorm2d(hidden);
    this.fc2 = new PixelLinear(hidden, width * RADIX, INIT);
  }

  /** Shapes: [N,width,H,W] -> the same. */
  call(x: Tensor): Tensor {
    const splits = this.bn0.call(this.conv.call(x)).relu();
    const [first, second] = halves(splits);
    const [firstMeans, secondMeans] = halves(globalAveragePool(splits));
    const hidden = normalisedRows(this.bn1, this.fc1.call(firstMeans.add(secondMeans))).relu();
    const [score, other] = halves(this.fc2.call(hidden));
    // A softmax over two scores is the sigmoid of their difference, and one less that.
    return second.add(scaledMaps(first.sub(second), score.sub(other).sigmoid()));
  }
}

function halves(x: Tensor): readonly [Tensor, Tensor] {
  const channels = x.shape[1]! / RADIX;
  return x.split([channels, channels], 1) as [Tensor, Tensor];
}

/** Null where shapes already agree, else an average pool for the stride and a 1x1 projection. */
function shortcut(inputs: number, outputs: number, stride: number): Layer {
  if (stride === 1 && inputs === outputs) return null;
  const pool = (x: Tensor) => x.averagePool({ kernel: stride, stride, ceil: true, countPads: false });
  return [stride === 1 ? null : pool, conv(inputs, outputs, 1), new BatchNorm2d(outputs)];
}

/** Narrows to `width` by 1x1, attends to splits of 3x3, widens by 1x1; an average pool behind the splits has the stride. */
class Bottleneck extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: SplitAttention;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly downsample: Layer;
  private readonly stride: number;

  constructor(inputs: number, width: number, stride: number) {
    super();
    const outputs = width * EXPANSION;
    this.conv1 = conv(inputs, width, 1);
    this.bn1 = new BatchNorm2d(width);
    this.conv2 = new SplitAttention(width);
    this.conv3 = conv(width, outputs, 1);
    this.bn3 = new BatchNorm2d(outputs);
    this.downsample = shortcut(inputs, outputs, stride);
    this.stride = stride;
  }

  call(x: Tensor): Tensor {
    const narrow = this.bn1.call(this.conv1.call(x)).relu();
    const attended = this.conv2.call(narrow);
    const { stride } = this;
    const fewer = stride === 1 ? attended : attended.averagePool({ kernel: 3, stride, padding: 1 });
    return this.bn3.call(this.conv3.call(fewer)).add(run(this.downsample, x)).relu();
  }
}

const stage = (inputs: number, width: number, depth: number, stride: number): Layer =>
  Array.from({ length: depth }, (_, i) =>
    i === 0 ? new Bottleneck(inputs, width, stride) : new Bottleneck(width * EXPANSION, width, 1),
  );

/** Shapes: [N,3,H,W] -> logits [N,classes]. */
export class ResNeSt extends Module {
  readonly conv1: Layer;
  readonly bn1: BatchNorm2d;
  readonly layer1: Layer;
  readonly layer2: Layer;
  readonly layer3: Layer;
  readonly layer4: Layer;
  readonly fc: Linear;

  constructor(name: ResNeStName, classes: number) {
    super();
    const { depths, stem } = RESNESTS[name];
    const [c2, c3, c4, c5] = WIDTHS.map((width) => width * EXPANSION) as [number, number, number, number];
    this.conv1 = [
      [conv(3, stem, 3, { stride: 2 }), new BatchNorm2d(stem), relu],
      [conv(stem, stem, 3), new BatchNorm2d(stem), relu],
      conv(stem, 2 * stem, 3),
    ].flat();
    this.bn1 = new BatchNorm2d(2 * stem);
    this.layer1 = stage(2 * stem, WIDTHS[0], depths[0], 1);
    this.layer2 = stage(c2, WIDTHS[1], depths[1], 2);
    this.layer3 = stage(c3, WIDTHS[2], depths[2], 2);
    this.layer4 = stage(c4, WIDTHS[3], depths[3], 2);
    this.fc = new Linear(c5, classes);
  }

  call(x: Tensor): Tensor {
    const stem = this.bn1.call(run(this.conv1, x)).relu().maxPool({ kernel: 3, stride: 2, padding: 1 });
    const top = run([this.layer1, this.layer2, this.layer3, this.layer4], stem);
    return this.fc.call(globalAveragePool(top));
  }
}
