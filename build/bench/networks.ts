/**
 * Networks for the benchmark: the catalogue's, and two that stand for what the catalogue does not have yet. The peer
 * builds the same ones in `peer/networks.py`.
 */

import { findClassifier, IMAGENET_CONVENTION, MODELS } from '../../native-models/catalog.ts';
import type { Tensor } from '../../native-models/core/tensor.ts';
import { BatchNorm2d, Conv2d, globalAveragePool, Linear } from '../../native-models/nn/layers.ts';
import { type Layer, Module, run } from '../../native-models/nn/module.ts';

export const CLASSES = 10;

const relu = (x: Tensor): Tensor => x.relu();
const silu = (x: Tensor): Tensor => x.silu();

/** Parameters have the names that the peer's sequence of the three gives them. */
function convBn(
  inputs: number,
  outputs: number,
  kernel: number,
  activation: (x: Tensor) => Tensor,
  options: { stride?: number; groups?: number } = {},
): Layer {
  const convolution = new Conv2d(inputs, outputs, kernel, { ...options, padding: (kernel - 1) / 2, bias: false });
  return [convolution, new BatchNorm2d(outputs), activation];
}

/** Output channels, depthwise kernel, stride; from 112 px down to 14 px of a 224 px picture. */
const SEPARABLE = [
  [64, 3, 1],
  [128, 3, 2],
  [128, 5, 1],
  [256, 3, 2],
  [256, 5, 1],
  [512, 5, 2],
  [512, 3, 1],
  [512, 5, 1],
] as const;

/** A filter of each channel and a 1x1 product, again and again: little arithmetic for much memory. */
class DepthwiseNet extends Module {
  readonly layers: Layer;
  readonly head: Linear;

  constructor() {
    super();
    let channels = 32;
    const blocks = SEPARABLE.flatMap(([outputs, kernel, stride]) => {
      const filter = convBn(channels, channels, kernel, silu, { stride, groups: channels });
      const product = convBn(channels, outputs, 1, silu);
      channels = outputs;
      return [filter, product];
    });
    this.layers = [convBn(3, 32, 3, silu, { stride: 2 }), ...blocks];
    this.head = new Linear(channels, CLASSES);
  }

  call(x: Tensor): Tensor {
    return this.head.call(globalAveragePool(run(this.layers, x)));
  }
}

const FPN_WIDTHS = [32, 64, 128, 256] as const;
const FPN_CHANNELS = 64;

const headOf = (): Layer => [
  new Conv2d(FPN_CHANNELS, FPN_CHANNELS, 3, { padding: 1 }),
  relu,
  new Conv2d(FPN_CHANNELS, CLASSES, 3, { padding: 1 }),
];

/**
 * A detector's shape without its matching: stages, lateral products, a top-down path, smoothing, and two heads shared by
 * all levels, whose maps are averaged into one row of logits.
 */
class FpnNet extends Module {
  readonly stem: Layer = convBn(3, FPN_WIDTHS[0], 7, relu, { stride: 2 });
  readonly stages: readonly Layer[];
  readonly laterals: readonly Layer[];
  readonly smooth: readonly Layer[];
  readonly classes = headOf();
  readonly boxes = headOf();

  constructor() {
    super();
    this.stages = FPN_WIDTHS.map((width, i) => [
      convBn(FPN_WIDTHS[Math.max(0, i - 1)]!, width, 3, relu, { stride: i === 0 ? 1 : 2 }),
      convBn(width, width, 3, relu),
    ]);
    this.laterals = FPN_WIDTHS.map((width) => new Conv2d(width, FPN_CHANNELS, 1));
    this.smooth = FPN_WIDTHS.map(() => new Conv2d(FPN_CHANNELS, FPN_CHANNELS, 3, { padding: 1 }));
  }

  call(x: Tensor): Tensor {
    const logits = this.levels(x).flatMap((level) =>
      [this.classes, this.boxes].map((head) => globalAveragePool(run(head, level))),
    );
    return logits.reduce((sum, part) => sum.add(part));
  }

  /** From the finest to the coarsest. Shapes: [N,64,H/4,W/4] … [N,64,H/32,W/32]. */
  private levels(x: Tensor): Tensor[] {
    let map = run(this.stem, x).maxPool({ kernel: 3, stride: 2, padding: 1 });
    const lateral = this.stages.map((stage, i) => {
      map = run(stage, map);
      return run(this.laterals[i]!, map);
    });
    let above: Tensor | null = null;
    const levels = lateral.toReversed().map((own) => {
      above = above === null ? own : own.add(above.upsample(2));
      return above;
    });
    return levels.toReversed().map((level, i) => run(this.smooth[i]!, level));
  }
}

const SYNTHETIC: Readonly<Record<string, () => Module>> = {
  depthwise: () => new DepthwiseNet(),
  fpn: () => new FpnNet(),
};

/** What `network` makes, by name. */
export const NETWORKS: readonly string[] = [
  ...Object.keys(SYNTHETIC),
  ...MODELS.flatMap(({ kind, name }) => (kind === 'classifier' ? [name] : [])),
];

/** Errors: for a name that is neither a model's of whole images nor a synthetic network's. */
export function network(name: string): Module {
  const made = SYNTHETIC[name]?.() ?? findClassifier(name)?.build(CLASSES, IMAGENET_CONVENTION);
  if (made) return made;
  throw new Error(`no network "${name}"; there are ${NETWORKS.join(', ')}`);
}
