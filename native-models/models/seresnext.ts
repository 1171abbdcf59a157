/**
 * SE-ResNeXt-50 32x4d: a bottleneck whose 3x3 convolution works in 32 groups, and whose result is weighed channel by
 * channel before the shortcut is added.
 * Source: Hu et al. 2017, https://arxiv.org/abs/1709.01507, table 1; Xie et al. 2016, https://arxiv.org/abs/1611.05431.
 * Parameter names are those of the published checkpoint (`layer1.0.se_module.fc1.weight`; Cadene's `pretrainedmodels`
 * and timm's `legacy_seresnext50_32x4d`), so it loads unmapped. Unlike there, the last pool covers maps of any size.
 */

import type { Tensor } from '../core/tensor.ts';
import { SqueezeExcitation } from '../nn/excitation.ts';
import { BatchNorm2d, Conv2d, globalAveragePool, Linear } from '../nn/layers.ts';
import { type Layer, Module, run } from '../nn/module.ts';

const DEPTHS = [3, 4, 6, 3] as const;
const STEM = 64;
const GROUPS = 32;
const GROUP_WIDTHS = [4, 8, 16, 32] as const; // channels of each group, by stage
const OUTPUTS = [256, 512, 1024, 2048] as const;
const REDUCTION = 16; // channels per hidden unit of the excitation

const conv = (inputs: number, outputs: number, kernel: 1 | 3 | 7, { stride = 1, groups = 1 } = {}): Conv2d =>
  new Conv2d(inputs, outputs, kernel, { stride, padding: (kernel - 1) / 2, groups, bias: false });

/** Null where shapes already agree, else a 1x1 projection. */
const shortcut = (inputs: number, outputs: number, stride: number): Layer =>
  stride === 1 && inputs === outputs ? null : [conv(inputs, outputs, 1, { stride }), new BatchNorm2d(outputs)];

class Bottleneck extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly se_module: SqueezeExcitation;
  readonly downsample: Layer;

  constructor(inputs: number, width: number, outputs: number, stride: number) {
    super();
    this.conv1 = conv(inputs, width, 1);
    this.bn1 = new BatchNorm2d(width);
    this.conv2 = conv(width, width, 3, { stride, groups: GROUPS });
    this.bn2 = new BatchNorm2d(width);
    this.conv3 = conv(width, outputs, 1);
    this.bn3 = new BatchNorm2d(outputs);
    this.se_module = new SqueezeExcitation(outputs, REDUCTION);
    this.downsample = shortcut(inputs, outputs, stride);
  }

  call(x: Tensor): Tensor {
    const narrow = this.bn1.call(this.conv1.call(x)).relu();
    const filtered = this.bn2.call(this.conv2.call(narrow)).relu();
    const wide = this.bn3.call(this.conv3.call(filtered));
    return this.se_module.call(wide).add(run(this.downsample, x)).relu();
  }
}

/** The last window of the pool may reach beyond the map. */
class Stem extends Module {
  readonly conv1 = conv(3, STEM, 7, { stride: 2 });
  readonly bn1 = new BatchNorm2d(STEM);

  call(x: Tensor): Tensor {
    return this.bn1.call(this.conv1.call(x)).relu().maxPool({ kernel: 3, stride: 2, ceil: true });
  }
}

function stage(index: 0 | 1 | 2 | 3): Layer {
  const [width, outputs] = [GROUPS * GROUP_WIDTHS[index], OUTPUTS[index]];
  const [inputs, stride] = index === 0 ? [STEM, 1] : [OUTPUTS[index - 1]!, 2];
  return Array.from({ length: DEPTHS[index] }, (_, i) =>
    i === 0 ? new Bottleneck(inputs, width, outputs, stride) : new Bottleneck(outputs, width, outputs, 1),
  );
}

/** Shapes: [N,3,H,W] -> logits [N,classes]. */
export class SEResNeXt extends Module {
  readonly layer0 = new Stem();
  readonly layer1 = stage(0);
  readonly layer2 = stage(1);
  readonly layer3 = stage(2);
  readonly layer4 = stage(3);
  readonly last_linear: Linear;

  constructor(classes: number) {
    super();
    this.last_linear = new Linear(OUTPUTS[3], classes);
  }

  call(x: Tensor): Tensor {
    const top = run([this.layer0, this.layer1, this.layer2, this.layer3, this.layer4], x);
    return this.last_linear.call(globalAveragePool(top));
  }
}
