/**
 * Vision transformer with a class token: patches of 16 px, layer norm before each part of a block.
 * Source: Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929, table 1; the small one from Touvron et al. 2020,
 * https://arxiv.org/abs/2012.12877, table 1.
 * Parameter names are timm's (`blocks.0.attn.qkv.weight`), so its checkpoints load unmapped.
 */

import { ShapeError } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { type Init, zeros } from '../nn/init.ts';
import { Linear } from '../nn/layers.ts';
import { contextOf, Module, Parameter } from '../nn/module.ts';
import { LayerNorm } from '../nn/normalisation.ts';
import { PatchEmbed, TransformerBlock, withClassToken } from '../nn/transformer.ts';

export interface ViTSize {
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
}

export const VITS = {
  vits16r224: { width: 384, depth: 12, heads: 6 },
  vitb16r224: { width: 768, depth: 12, heads: 12 },
  vitl16r224: { width: 1024, depth: 24, heads: 16 },
} as const satisfies Readonly<Record<string, ViTSize>>;

export type ViTName = keyof typeof VITS;

const CHANNELS = 3;
const EPSILON = 1e-6; // timm's
const POSITIONS: Init = { kind: 'normal', deviation: 0.02 }; // timm's
const TOKEN: Init = { kind: 'normal', deviation: 1e-6 }; // timm's

export interface ViTOptions extends ViTSize {
  readonly classes: number;
  /** Height and width of the pictures: the table of positions belongs to it. */
  readonly sidePx?: number;
  readonly patchPx?: number;
}

/** Shapes: [N,3,side,side] -> logits [N,classes]. Errors: ShapeError for pictures of another side. */
export class VisionTransformer extends Module {
  readonly cls_token: Parameter;
  readonly pos_embed: Parameter;
  readonly patch_embed: PatchEmbed;
  readonly blocks: readonly TransformerBlock[];
  readonly norm: LayerNorm;
  readonly head: Linear;
  private readonly sidePx: number;

  constructor({ width, depth, heads, classes, sidePx = 224, patchPx = 16 }: ViTOptions) {
    super();
    const patches = (sidePx / patchPx) ** 2;
    this.sidePx = sidePx;
    this.cls_token = new Parameter([1, 1, width], TOKEN);
    this.pos_embed = new Parameter([1, patches + 1, width], POSITIONS);
    this.patch_embed = new PatchEmbed(CHANNELS, width, patchPx);
    this.blocks = Array.from({ length: depth }, () => new TransformerBlock(width, heads));
    this.norm = new LayerNorm(width, EPSILON);
    this.head = new Linear(width, classes, { weight: zeros, bias: zeros });
  }

  call(x: Tensor): Tensor {
    const [, , height, width] = x.shape as [number, number, number, number];
    if (height !== this.sidePx || width !== this.sidePx) {
      throw new ShapeError(`vision transformer: made for ${this.sidePx}x${this.sidePx} pixels, x is [${x.shape}]`);
    }
    const context = contextOf(x);
    const [token, positions] = [context.parameter(this.cls_token), context.parameter(this.pos_embed)];
    const tokens = withClassToken(this.patch_embed.call(x), token, positions);
    const before = this.blocks.slice(0, -1).reduce((value, block) => block.call(value), tokens);
    // The head reads the class token alone: the last block need not make the others.
    const last = this.blocks.at(-1)!.call(before, 1);
    return this.head.call(this.norm.call(last.reshape([x.shape[0]!, this.norm.weight.shape[0]!])));
  }
}
