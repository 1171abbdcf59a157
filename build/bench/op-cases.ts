/**
 * The operators that are timed one by one, with the sizes they have in the benchmarked networks. A case is plain data:
 * our side builds it with our compiler, the peer's with torch.
 */

import type { Shape } from '../../native-models/core/shape.ts';

export interface OpCase {
  readonly name: string;
  readonly kind: string;
  /** Shapes of the operands, the data first, weights after it. */
  readonly shapes: readonly Shape[];
  readonly attrs: Readonly<Record<string, number>>;
  /** Operands whose gradients are timed; null times the forward pass. */
  readonly wrt: readonly number[] | null;
  /** The forward pass is timed as well: for a backward pass that takes more of it than numbers. */
  readonly withForward?: boolean;
}

const BATCH = 16;

/** Forward, input gradient and weight gradient of one convolution. */
function conv(kernel: number, inputs: number, outputs: number, side: number, stride = 1, groups = 1): OpCase[] {
  const kind = groups === 1 ? '' : groups === inputs ? 'depthwise ' : `${groups} groups `;
  const strided = stride === 1 ? '' : ` s${stride}`;
  const size = `${kind}${kernel}x${kernel}${strided} ${inputs}->${outputs} @${side}`;
  const shapes = [
    [BATCH, inputs, side, side],
    [outputs, inputs / groups, kernel, kernel],
  ];
  const attrs = { stride, padding: (kernel - 1) / 2, groups };
  const parts: [string, number[] | null][] = [
    ['fwd', null],
    ['dgrad', [0]],
    ['wgrad', [1]],
  ];
  return parts.map(([part, wrt]) => ({ name: `${part} ${size}`, kind: 'conv', shapes, attrs, wrt }));
}

/** Forward and backward to all operands. */
function both(name: string, kind: string, shapes: readonly Shape[], attrs: OpCase['attrs'] = {}): OpCase[] {
  const all = shapes.map((_, i) => i);
  return [
    { name: `${name} fwd`, kind, shapes, attrs, wrt: null },
    { name: `${name} bwd`, kind, shapes, attrs, wrt: all },
  ];
}

/** Forward alone, and both passes together: our gradient of a maximum reads the map again, and no indices are made for it. */
function pool(name: string, kind: string, attrs: OpCase['attrs']): OpCase[] {
  const [forward, backward] = both(name, kind, [[BATCH, 64, 112, 112]], attrs) as [OpCase, OpCase];
  return [forward, { ...backward, name: `${name} fwd + bwd`, withForward: true }];
}

const STEM = conv(7, 3, 64, 224, 2).filter(({ wrt }) => wrt?.[0] !== 0); // pixels need no gradient
const MAP = [BATCH, 64, 56, 56];
const vectors = [[64], [64]];

export const OP_CASES: readonly OpCase[] = [
  ...conv(3, 64, 64, 56),
  ...conv(3, 128, 128, 28),
  ...conv(3, 256, 256, 14),
  ...conv(3, 512, 512, 7),
  ...conv(3, 64, 128, 56, 2),
  ...conv(3, 256, 512, 14, 2),
  ...conv(1, 256, 64, 56),
  ...conv(1, 64, 256, 56),
  ...conv(1, 1024, 256, 14),
  ...conv(1, 512, 2048, 7),
  ...conv(1, 256, 512, 56, 2),
  ...STEM,
  ...conv(3, 144, 144, 56, 1, 144),
  ...conv(3, 384, 384, 14, 1, 384),
  ...conv(3, 96, 96, 112, 2, 96),
  ...conv(5, 240, 240, 28, 1, 240),
  ...conv(3, 128, 128, 28, 1, 32),
  ...conv(1, 16, 96, 112),
  ...conv(1, 144, 24, 56),
  ...both('batch norm', 'batch_norm', [MAP, ...vectors]),
  ...both('batch norm + relu', 'batch_norm_relu', [MAP, ...vectors]),
  ...both('batch norm + relu6', 'batch_norm_relu6', [[BATCH, 96, 112, 112], [96], [96]]),
  ...both('batch norm + relu 7px', 'batch_norm_relu', [[BATCH, 512, 7, 7], [512], [512]]),
  ...both('relu', 'relu', [MAP]),
  ...both('relu6', 'relu6', [MAP]),
  ...both('add + relu', 'add_relu', [MAP, MAP]),
  ...pool('max pool 3x3 s2', 'max_pool', { kernel: 3, stride: 2, padding: 1 }),
  ...pool('relu + max pool 3x3 s2', 'relu_max_pool', { kernel: 3, stride: 2, padding: 1 }),
  ...pool('max pool 2x2 s2', 'max_pool', { kernel: 2, stride: 2, padding: 0 }),
  ...both('global average pool', 'global_average_pool', [[BATCH, 512, 14, 14]]),
  ...both('softmax', 'softmax', [[96, 197, 197]]),
  ...both('layer norm', 'layer_norm', [[3152, 384], [384], [384]]),
  ...both('gelu', 'gelu', [[3152, 1536]]),
  ...both('silu', 'silu', [MAP]),
  ...both('hard swish', 'hard_swish', [MAP]),
  ...both('attention', 'attention', [
    [96, 197, 64],
    [96, 197, 64],
    [96, 197, 64],
  ]),
  ...linear(3152, 384, 1536),
  ...linear(3152, 1536, 384),
  {
    name: 'sgd step',
    kind: 'sgd',
    shapes: [
      [512, 512, 3, 3],
      [512, 512, 3, 3],
      [512, 512, 3, 3],
    ],
    attrs: {},
    wrt: null,
  },
];

function linear(rows: number, inputs: number, outputs: number): OpCase[] {
  const shapes = [[rows, inputs], [outputs, inputs], [outputs]];
  const name = `linear ${inputs}->${outputs} x${rows}`;
  return [
    { name: `fwd ${name}`, kind: 'linear', shapes, attrs: {}, wrt: null },
    { name: `dgrad ${name}`, kind: 'linear', shapes, attrs: {}, wrt: [0] },
    { name: `wgrad ${name}`, kind: 'linear', shapes, attrs: {}, wrt: [1, 2] },
  ];
}
