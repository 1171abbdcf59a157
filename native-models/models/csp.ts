/**
 * What one-stage detectors are built of: convolutions with batch norm and SiLU, cross-stage partial blocks, a pyramid of
 * pools, and a path from coarse maps to fine ones and back.
 * Parameter names are those of Megvii's YOLOX (Apache-2.0): `conv1.conv.weight`, `m.0.conv2.bn.weight`, `C3_p4.…`.
 */

import type { Tensor } from '../core/tensor.ts';
import { BatchNorm2d, Conv2d, spatialPyramidPool } from '../nn/layers.ts';
import { Module, Network, run } from '../nn/module.ts';

const EPSILON = 1e-3; // of every batch norm, in the published weights

export interface BlockOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
}

/** Convolution without bias, batch norm, SiLU. Shapes: [N,C,H,W] -> [N,K,ceil(H/stride),…] where the kernel is odd. */
export class ConvBlock extends Module {
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;

  constructor(inputs: number, outputs: number, kernel: number, options: BlockOptions = {}) {
    super();
    const { stride = 1, padding = (kernel - 1) / 2, groups = 1 } = options;
    this.conv = new Conv2d(inputs, outputs, kernel, { stride, padding, groups, bias: false });
    this.bn = new BatchNorm2d(outputs, EPSILON);
  }

  call(x: Tensor): Tensor {
    return this.bn.call(this.conv.call(x)).silu();
  }
}

/** A filter per channel, then a mix of channels. Source: Howard et al. 2017, https://arxiv.org/abs/1704.04861. */
export class SeparableBlock extends Module {
  readonly dconv: ConvBlock;
  readonly pconv: ConvBlock;

  constructor(inputs: number, outputs: number, kernel: number, stride = 1) {
    super();
    this.dconv = new ConvBlock(inputs, inputs, kernel, { stride, groups: inputs });
    this.pconv = new ConvBlock(inputs, outputs, 1);
  }

  call(x: Tensor): Tensor {
    return this.pconv.call(this.dconv.call(x));
  }
}

/** Makes the 3x3 convolutions of a network: whole or separable ones. */
export type Spatial = (inputs: number, outputs: number, stride?: number) => Module;

export const wholeConv: Spatial = (inputs, outputs, stride = 1) => new ConvBlock(inputs, outputs, 3, { stride });
export const separableConv: Spatial = (inputs, outputs, stride = 1) => new SeparableBlock(inputs, outputs, 3, stride);

/** 1x1, then 3x3; `adds` its input. Shapes: [N,C,H,W] -> the same. */
class Bottleneck extends Module {
  readonly conv1: ConvBlock;
  readonly conv2: Module;
  private readonly adds: boolean;

  constructor(channels: number, spatial: Spatial, adds: boolean) {
    super();
    this.conv1 = new ConvBlock(channels, channels, 1);
    this.conv2 = spatial(channels, channels);
    this.adds = adds;
  }

  call(x: Tensor): Tensor {
    const y = this.conv2.call(this.conv1.call(x));
    return this.adds ? x.add(y) : y;
  }
}

export interface CspOptions {
  readonly repeats: number;
  readonly spatial: Spatial;
  /** Whether the bottlenecks add their input: in backbones, not in necks. */
  readonly adds: boolean;
}

/**
 * Half the channels go through bottlenecks, half around them.
 * Shapes: [N,C,H,W] -> [N,K,H,W].
 * Source: Wang et al. 2019, https://arxiv.org/abs/1911.11929; Bochkovskiy et al. 2020, https://arxiv.org/abs/2004.10934.
 */
export class CspBlock extends Module {
  readonly conv1: ConvBlock;
  readonly conv2: ConvBlock;
  readonly conv3: ConvBlock;
  readonly m: readonly Bottleneck[];

  constructor(inputs: number, outputs: number, { repeats, spatial, adds }: CspOptions) {
    super();
    const half = outputs / 2;
    this.conv1 = new ConvBlock(inputs, half, 1);
    this.conv2 = new ConvBlock(inputs, half, 1);
    this.conv3 = new ConvBlock(2 * half, outputs, 1);
    this.m = Array.from({ length: repeats }, () => new Bottleneck(half, spatial, adds));
  }

  call(x: Tensor): Tensor {
    const through = run(this.m, this.conv1.call(x));
    return this.conv3.call(through.concat([this.conv2.call(x)], 1));
  }
}

/** Pools of 5, 9 and 13 pixels beside the map, between two 1x1 convolutions. Shapes: [N,C,H,W] -> [N,K,H,W]. */
export class PyramidPoolBlock extends Module {
  readonly conv1: ConvBlock;
  readonly conv2: ConvBlock;

  constructor(inputs: number, outputs: number) {
    super();
    this.conv1 = new ConvBlock(inputs, inputs / 2, 1);
    this.conv2 = new ConvBlock(2 * inputs, outputs, 1);
  }

  call(x: Tensor): Tensor {
    return this.conv2.call(spatialPyramidPool(this.conv1.call(x)));
  }
}

/** Maps of stride 8, 16 and 32. */
export type Levels<T> = readonly [T, T, T];

export interface NeckOptions {
  readonly widths: Levels<number>;
  readonly repeats: number;
  readonly spatial: Spatial;
}

/**
 * What coarse maps know goes down to the fine ones, and where things are goes back up.
 * Source: Liu et al. 2018, https://arxiv.org/abs/1803.01534, as YOLOv4 has it: maps are joined, not added.
 */
export abstract class PathAggregation extends Network {
  readonly lateral_conv0: ConvBlock;
  readonly C3_p4: CspBlock;
  readonly reduce_conv1: ConvBlock;
  readonly C3_p3: CspBlock;
  readonly bu_conv2: Module;
  readonly C3_n3: CspBlock;
  readonly bu_conv1: Module;
  readonly C3_n4: CspBlock;

  constructor({ widths: [fine, middle, coarse], repeats, spatial }: NeckOptions) {
    super();
    const csp = (inputs: number, outputs: number) => new CspBlock(inputs, outputs, { repeats, spatial, adds: false });
    this.lateral_conv0 = new ConvBlock(coarse, middle, 1);
    this.C3_p4 = csp(2 * middle, middle);
    this.reduce_conv1 = new ConvBlock(middle, fine, 1);
    this.C3_p3 = csp(2 * fine, fine);
    this.bu_conv2 = spatial(fine, fine, 2);
    this.C3_n3 = csp(2 * fine, middle);
    this.bu_conv1 = spatial(middle, middle, 2);
    this.C3_n4 = csp(2 * middle, coarse);
  }

  /** Shapes: [N,fine,H/8,W/8], [N,middle,H/16,W/16], [N,coarse,H/32,W/32] -> the same. */
  join([fine, middle, coarse]: Levels<Tensor>): Levels<Tensor> {
    const lateral = this.lateral_conv0.call(coarse);
    const reduced = this.reduce_conv1.call(this.C3_p4.call(lateral.upsample(2).concat([middle], 1)));
    const small = this.C3_p3.call(reduced.upsample(2).concat([fine], 1));
    const medium = this.C3_n3.call(this.bu_conv2.call(small).concat([reduced], 1));
    const large = this.C3_n4.call(this.bu_conv1.call(medium).concat([lateral], 1));
    return [small, medium, large];
  }
}
