/**
 * Parts of a vision transformer.
 * Source: Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929.
 * Names of fields are timm's (`blocks.0.attn.qkv.weight`), so its checkpoints load unmapped.
 */

import { ShapeError, sizeOf } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { type Init, zeros } from './init.ts';
import { DropPath, Linear } from './layers.ts';
import { contextOf, Module, Parameter } from './module.ts';
import { LayerNorm } from './normalisation.ts';

const EPSILON = 1e-6; // of every layer norm, as in timm
const WEIGHT: Init = { kind: 'normal', deviation: 0.02 }; // timm's initialisation of every linear layer
const linear = (inputs: number, outputs: number): Linear =>
  new Linear(inputs, outputs, { weight: WEIGHT, bias: zeros });

/** The convolution that turns squares of pixels into tokens: kernel and stride are one side of a square. */
class PatchProjection extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  private readonly sidePx: number;

  constructor(channels: number, width: number, sidePx: number) {
    super();
    this.sidePx = sidePx;
    this.weight = new Parameter([width, channels, sidePx, sidePx], WEIGHT);
    this.bias = new Parameter([width], zeros);
  }

  /** Squares do not overlap, so their pixels are the rows of one matrix product. */
  call(x: Tensor): Tensor {
    const context = contextOf(x);
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const side = this.sidePx;
    const [down, across] = [h / side, w / side];
    const [width] = this.weight.shape as [number];
    if (!Number.isInteger(down) || !Number.isInteger(across)) {
      throw new ShapeError(`"${context.path(this)}": patches of ${side}x${side} pixels do not fill x [${x.shape}]`);
    }
    return x.graph.scope(context.path(this), () => {
      const squares = x.reshape([n, c, down, side, across, side]).transpose([0, 2, 4, 1, 3, 5]);
      const rows = squares.reshape([n * down * across, c * side * side]);
      const weight = context.parameter(this.weight).reshape([width, c * side * side]);
      return rows.linear(weight, context.parameter(this.bias)).reshape([n, down * across, width]);
    });
  }
}

/** Shapes: [N,C,H,W] -> [N,(H/side)*(W/side),width]. Errors: ShapeError when the squares do not fill the image. */
export class PatchEmbed extends Module {
  readonly proj: PatchProjection;

  constructor(channels: number, width: number, sidePx: number) {
    super();
    this.proj = new PatchProjection(channels, width, sidePx);
  }

  call(x: Tensor): Tensor {
    return this.proj.call(x);
  }
}

/**
 * Puts a learned token before an image's own and adds learned positions. Zeros are put in its place and one table is
 * added to all images, so that nothing is laid out for a number of images.
 * Shapes: x [N,T,D], token [1,1,D], positions [1,T+1,D] -> [N,T+1,D].
 */
export function withClassToken(x: Tensor, token: Tensor, positions: Tensor): Tensor {
  const table = positions.add(token.pad([0, 0, 0], [0, x.shape[1]!, 0]));
  return x.pad([0, 1, 0], [0, 0, 0]).add(table);
}

/**
 * Self-attention with several heads.
 * Shapes: [N,T,D] -> [N,kept,D], the first tokens alone where not all are asked for; D is a multiple of `heads`.
 * Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.2.
 */
export class MultiHeadAttention extends Module {
  readonly qkv: Linear;
  readonly proj: Linear;
  private readonly heads: number;

  constructor(width: number, heads: number) {
    super();
    this.qkv = linear(width, 3 * width);
    this.proj = linear(width, width);
    this.heads = heads;
  }

  call(x: Tensor, kept = x.shape[1]!): Tensor {
    const [n, , width] = x.shape as [number, number, number];
    const [query, key, value] = this.qkv.callParts([first(x, kept), x, x]).map((part) => this.byHead(part));
    // Scaled before the product: queries are smaller than the table of every token against every other.
    const scaled = query!.mul(1 / Math.sqrt(width / this.heads));
    const mixed = scaled.matmul(key!, { transposeB: true }).softmax(-1).matmul(value!);
    return this.proj.call(mixed.transpose([1, 2, 0, 3]).reshape([n, kept, width]));
  }

  /** Heads come first: each is one run of the channels of all tokens. Shapes: [N,T,D] -> [heads,N,T,D/heads]. */
  private byHead(x: Tensor): Tensor {
    const [n, tokens, width] = x.shape as [number, number, number];
    return x.reshape([n, tokens, this.heads, width / this.heads]).transpose([2, 0, 1, 3]);
  }
}

/** Shapes: [N,T,D] -> [N,kept,D]. */
function first(x: Tensor, kept: number): Tensor {
  const [n, tokens, width] = x.shape as [number, number, number];
  return kept === tokens ? x : x.slice([0, 0, 0], [n, kept, width]);
}

/**
 * Two linear layers with GELU between, on some rows at a time where all are too many for the cache.
 * Shapes: [N,T,D] -> the same.
 */
export class Mlp extends Module {
  readonly fc1: Linear;
  readonly fc2: Linear;

  constructor(width: number, hidden: number) {
    super();
    this.fc1 = linear(width, hidden);
    this.fc2 = linear(hidden, width);
  }

  call(x: Tensor): Tensor {
    const [width] = this.fc2.weight.shape as [number];
    const rows = x.reshape([sizeOf(x.shape) / width, width]);
    const counts = evenRuns(rows.shape[0]!, this.fc1.weight.shape[0]!, contextOf(x).elementsAtOnce);
    if (counts.length === 1) return this.fc2.call(this.fc1.call(x).gelu());
    const [first, ...others] = rows.split(counts, 0).map((part) => this.fc2.call(this.fc1.call(part).gelu()));
    return first!.concat(others, 0).reshape(x.shape);
  }
}

const RUN = 16; // rows that fill whole blocks of any backend
const MOST_PARTS = 18; // each is a graph of its own, which a session takes time to open

/** Numbers of rows that, as wide as they become, are no more elements than fit, or 18 equal parts; all but the last whole runs. */
function evenRuns(rows: number, width: number, elements: number): number[] {
  const count = Math.min(MOST_PARTS, Math.max(1, Math.ceil((rows * width) / elements)));
  const size = RUN * Math.ceil(rows / count / RUN);
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => Math.min(size, rows - i * size));
}

const EXPANSION = 4; // hidden units of the MLP per unit of width

/**
 * Attention, then MLP, each with a layer norm before it and a shortcut around it. Where only the first tokens are asked for,
 * what the others would need for themselves is left out.
 * Shapes: [N,T,D] -> [N,kept,D].
 */
export class TransformerBlock extends Module {
  readonly norm1: LayerNorm;
  readonly attn: MultiHeadAttention;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;
  private readonly dropPath: DropPath;

  constructor(width: number, heads: number, { dropPath = 0 }: { readonly dropPath?: number } = {}) {
    super();
    this.norm1 = new LayerNorm(width, EPSILON);
    this.attn = new MultiHeadAttention(width, heads);
    this.norm2 = new LayerNorm(width, EPSILON);
    this.mlp = new Mlp(width, EXPANSION * width);
    this.dropPath = new DropPath(dropPath);
  }

  call(x: Tensor, kept = x.shape[1]!): Tensor {
    const attended = first(x, kept).add(this.dropPath.call(this.attn.call(this.norm1.call(x), kept)));
    return attended.add(this.dropPath.call(this.mlp.call(this.norm2.call(attended))));
  }
}
