/**
 * Small networks that take a backend through every form it may choose: kinds and sizes of convolutions with all their
 * gradients, pooling, norms, activations, joins and cuts, linear layers in rows. Each parameter is moved along its slope,
 * which takes its place, as in a training step.
 */

import { Graph } from '../../native-models/core/graph.ts';
import type { ConvAttrs, Pads } from '../../native-models/core/primitives.ts';
import type { Program } from '../../native-models/core/program.ts';
import type { Shape } from '../../native-models/core/shape.ts';
import type { Tensor } from '../../native-models/core/tensor.ts';
import { spatialPyramidPool } from '../../native-models/nn/layers.ts';
import { gradients } from '../../native-models/passes/gradients.ts';
import { prune } from '../../native-models/passes/prune.ts';
import { shapeRules } from '../../native-models/rules/shape.ts';

/** Begins the name of what takes a parameter's place. */
export const NEXT = 'next:';

const STEP = -0.5; // of the parameters: far enough to be seen
const EPSILON = 1e-5;

/** By name. Outputs: `loss`, a `slope` of each parameter, and what takes its place. */
export const selfTestPrograms: Readonly<Record<string, () => Program>> = {
  'images that fill blocks': imagesInBlocks,
  'few images': fewImages,
  'weighed maps': weighedMaps,
  'linear layers': linearLayers,
  'a map in parts': mapInParts,
};

class Builder {
  readonly graph = new Graph(shapeRules);
  private readonly parameters: Tensor[] = [];

  parameter(shape: Shape): Tensor {
    const tensor = this.graph.input(`p${this.parameters.length}`, 'float32', shape);
    this.parameters.push(tensor);
    return tensor;
  }

  conv(x: Tensor, outputs: number, kernel: number, { hasBias = false, ...given }: ConvOptions = {}): Tensor {
    const { stride = 1, group = 1, dilation = 1 } = given;
    const pad = (dilation * (kernel - 1)) / 2;
    const weight = this.parameter([outputs, x.shape[1]! / group, kernel, kernel]);
    const attrs: ConvAttrs = {
      strides: [stride, stride],
      pads: given.pads ?? [pad, pad, pad, pad],
      dilations: [dilation, dilation],
      group,
    };
    return x.conv(weight, hasBias ? this.parameter([outputs]) : null, attrs);
  }

  norm(x: Tensor): Tensor {
    const vectors = [this.parameter([x.shape[1]!]), this.parameter([x.shape[1]!])];
    return this.graph.apply('BatchNormTrain', [x, ...vectors], { epsilon: EPSILON })[0]!;
  }

  /** By the statistics of the map itself, as where several batches are to be seen as one. */
  normBySaid(x: Tensor): Tensor {
    const vectors = [this.parameter([x.shape[1]!]), this.parameter([x.shape[1]!])];
    const moments = this.graph.apply('ChannelMoments', [x], {});
    return this.graph.apply('BatchNormInference', [x, ...vectors, ...moments], { epsilon: EPSILON })[0]!;
  }

  finished(results: readonly Tensor[]): Program {
    const squares = results.map((result) => result.mul(result).mean(result.shape.map((_, axis) => axis)));
    const loss = squares.reduce((sum, square) => sum.add(square));
    const slopes = gradients(loss, this.parameters);
    return prune(
      new Map([
        ['loss', loss],
        ...slopes.map((slope, i) => [`slope${i}`, slope] as const),
        ...slopes.map((slope, i) => [`${NEXT}p${i}`, slope.scaleAdd(STEP, this.parameters[i]!)] as const),
      ]),
    );
  }
}

interface ConvOptions {
  readonly stride?: number;
  readonly group?: number;
  readonly dilation?: number;
  readonly pads?: Pads;
  readonly hasBias?: boolean;
}

/** Weight gradients of more images than are summed at once; maps so narrow that images lie side by side; groups of whole blocks. */
function imagesInBlocks(): Program {
  const net = new Builder();
  const layer = (x: Tensor, outputs: number, kernel: number, options: ConvOptions = {}) =>
    net.norm(net.conv(x, outputs, kernel, options));
  const images = net.graph.input('images', 'float32', [16, 3, 16, 16]);
  const stem = layer(images, 16, 3, { stride: 2 }).relu();
  const wide = layer(stem, 48, 1).clip(0, 6);
  const filtered = layer(wide, 48, 3, { group: 48 }).clip(0, 6);
  const block = layer(filtered, 16, 1).add(stem).relu();
  const deep = layer(block, 64, 3, { stride: 2 })
    .add(layer(block, 64, 1, { stride: 2 }))
    .relu();
  const grouped = layer(deep, 64, 3, { group: 2 }).relu();
  return net.finished([layer(grouped, 40, 3).relu()]);
}

const MANY = 112; // channels from which a small map's rows are combined

/**
 * Weight gradients by planes, by image and by one dilated convolution; narrow groups merged; sums over large maps; pooling
 * with and without an activation before it, averages, enlarged maps; a norm behind a product of single pixels, and by known
 * statistics; rows of wide kernels combined; channels joined, cut and weighed.
 */
function fewImages(): Program {
  const net = new Builder();
  const images = net.graph.input('images', 'float32', [2, 3, 32, 32]);
  const stem = net.norm(net.conv(images, 16, 3)).relu();
  const grown = net.norm(net.conv(stem, 32, 1)).relu();
  const wide = net.conv(net.conv(grown, 40, 1, { hasBias: true }).silu(), 16, 1); // channels that fill no block
  const pooled = net.norm(wide).relu().maxPool({ kernel: 3, stride: 2, padding: 1 });
  const rows = net.normBySaid(net.conv(pooled, 32, 3)).add(grown.averagePool({ kernel: 2, stride: 2 }));
  const merged = net.conv(rows.hardSwish(), 32, 3, { group: 8 });
  const dilated = net.conv(merged, 32, 3, { dilation: 2 }).clip(-1, 1);
  const weighed = dilated.mul(net.parameter([1, 32, 1, 1])).mul(dilated.mean([2, 3], true));
  const excited = merged
    .mul(merged.mean([2, 3], true))
    .add(rows)
    .relu();
  const joined = weighed.add(excited).concat([rows], 1);
  const halves = joined.slice([0, 16, 0, 0], [2, 48, 16, 16]);
  const pyramid = spatialPyramidPool(net.conv(halves, 16, 3, { stride: 2, hasBias: true }).relu(), 5);
  const around = { kernel: 3, stride: 1, padding: 1, countPads: false } as const;
  const depthwise = net.conv(pyramid, 64, 3, { group: 64, stride: 2 }).averagePool(around);
  const unpadded = net.conv(halves, 16, 3, { pads: [0, 0, 0, 0], hasBias: true }).relu();
  const cut = net.conv(unpadded.maxPool({ kernel: 3, stride: 2 }), 16, 1, { stride: 3 });
  const asScored = stem.stopGradient().maxPool({ kernel: 3, stride: 2, padding: 1 }); // without a gradient
  const enlarged = net.conv(unpadded.upsample(2), 16, 1);
  const combined = net.conv(net.conv(rows, MANY, 1), MANY, 3, { hasBias: true }); // rows of wide kernels
  return net.finished([depthwise, cut, asScored, enlarged, combined, joined.mean([2, 3])]);
}

/**
 * A batch norm over a product of more channels, whose gradient is left unwritten; a shortcut added by the convolution behind it;
 * maps weighed image by image, with a sum and with an activation; fewer filters than a block has channels; images in parts
 * that are added to one another.
 */
function weighedMaps(): Program {
  const net = new Builder();
  const narrow = net.parameter([2, 16, 28, 28]);
  const expanded = net.norm(net.conv(narrow, 48, 1)).relu();
  const back = net.conv(expanded, 16, 1).add(narrow);
  const weighed = (x: Tensor) => x.mul(x.mean([2, 3], true)).add(back);
  const scores = net.conv(weighed(weighed(back).relu()), 10, 3, { hasBias: true });
  return net.finished([scores, net.conv(net.parameter([18, 16, 4, 4]), 16, 3)]);
}

/** A map too large for its pooling's gradient to be taken at a time, with numbers below zero and edges that are padded. */
function mapInParts(): Program {
  const net = new Builder();
  const x = net.conv(net.parameter([2, 16, 132, 132]), 16, 1);
  return net.finished([x.maxPool({ kernel: 2, stride: 2 }).maxPool({ kernel: 3, stride: 2, padding: 1 })]);
}

/** Rows that stay in blocks from layer to layer, over whole heads that change places. Sides in whole blocks of either size. */
function linearLayers(): Program {
  const net = new Builder();
  const [images, tokens, width, heads] = [3, 88, 256, 4];
  const layer = (x: Tensor, outputs: number) =>
    x.linear(net.parameter([outputs, x.shape[1]!]), net.parameter([outputs]));
  const x = net.parameter([images * tokens, width]).mul(0.1);
  const hidden = layer(x, 272).gelu();
  // Projections in one weight, as a vision transformer has them.
  const [query, value] = net
    .parameter([2 * width, 272])
    .split([width, width], 0)
    .map((weight) =>
      hidden
        .linear(weight, net.parameter([width]))
        .reshape([images, tokens, heads, width / heads])
        .transpose([2, 0, 1, 3]),
    ) as [Tensor, Tensor];
  const mixed = query.mul(0.01).matmul(value, { transposeB: true }).softmax(-1).matmul(value);
  const back = mixed
    .transpose([1, 2, 0, 3])
    .reshape([images, tokens, width])
    .reshape([images * tokens, width]);
  const chunks = query.transpose([1, 0, 2, 3]).mul(net.parameter([width / heads]));
  const product = hidden.matmul(net.parameter([width, 272]).transpose([1, 0])); // neither lies as a filter
  return net.finished([
    layer(back, width).add(x),
    chunks,
    product,
    layer(x.standardize(EPSILON).mul(net.parameter([width])), width),
  ]);
}
