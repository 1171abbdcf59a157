/**
 * A tiny pair of model files with the inputs and outputs of Segment Anything's published export, which really segments: the
 * first hands over colours at stride 4, the second finds what has the colour of a positive click rather than of a negative one.
 * A box stands for a click in its middle. Sides are those of the export, so any number of points goes in.
 */

import { IR_VERSION, ModelProto } from '../../native-models/onnx/schema.ts';
import { ONNX_TYPES } from '../../native-models/rules/onnx-types.ts';
import type { ClickMapping, ModelMapping } from '../../preload/contract/imported-models.ts';
import { tinyModel } from './tiny-models.ts';

const STRIDE = 4;
/** Squared distance of colours, of 0 to 1, at which two are half alike. */
const SHARPNESS = Math.LN2 / 0.02;

/** `channels`: of what is handed over; more than 3 is for another second file. */
export const clickEncoder = (side: number, channels: 3 | 6 = 3): Uint8Array =>
  tinyModel((graph) => {
    const image = graph.input('image', 'float32', [1, 3, side, side]);
    const colours = image.averagePool({ kernel: STRIDE, stride: STRIDE });
    const handed = channels === 3 ? colours : colours.concat([colours], 1);
    return { inputs: [image], outputs: { image_embeddings: handed } };
  });

type Attribute = readonly [name: string, type: number, value: object];
export const axes = (...ints: number[]): Attribute => ['axes', 7, { ints }];
export const int = (name: string, i: number): Attribute => [name, 2, { i }];
export const word = (name: string, s: string): Attribute => [name, 3, { s: new TextEncoder().encode(s) }];

/** Nodes and constants of a model file, one after the other. */
export class GraphText {
  readonly node: object[] = [];
  readonly initializer: object[] = [];

  op(opType: string, output: string, input: readonly string[], ...attributes: Attribute[]): string {
    const attribute = attributes.map(([name, type, value]) => ({ name, type, ...value }));
    this.node.push({ opType, name: output, input, output: [output], attribute });
    return output;
  }

  floats(name: string, dims: readonly number[], values: readonly number[]): string {
    return this.constant(name, dims, ONNX_TYPES.float32, new Uint8Array(Float32Array.from(values).buffer));
  }

  ints(name: string, values: readonly number[]): string {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.constant(name, [values.length], ONNX_TYPES.int64, bytes);
  }

  private constant(name: string, dims: readonly number[], dataType: number, rawData: Uint8Array): string {
    this.initializer.push({ name, dims, dataType, rawData });
    return name;
  }
}

/** An input or output; text for a side of any length. */
export const value = (name: string, dims: readonly (number | string)[], type: keyof typeof ONNX_TYPES = 'float32') => ({
  name,
  type: {
    tensorType: {
      elemType: ONNX_TYPES[type],
      shape: { dim: dims.map((side) => (typeof side === 'number' ? { dimValue: side } : { dimParam: side })) },
    },
  },
});

export function clickDecoder(side: number): Uint8Array {
  const cells = side / STRIDE;
  const graph = new GraphText();
  addLogits(graph, cells);
  addMasks(graph, side);
  const input = [
    value('image_embeddings', [1, 3, cells, cells]),
    value('point_coords', [1, 'points', 2]),
    value('point_labels', [1, 'points']),
    value('mask_input', [1, 1, cells, cells]),
    value('has_mask_input', [1]),
    value('orig_im_size', [2]),
  ];
  const output = [
    value('masks', [1, 1, 'h', 'w']),
    value('iou_predictions', [1, 1]),
    value('low_res_masks', [1, 1, cells, cells]),
  ];
  return modelOf(graph, input, output);
}

type Value = ReturnType<typeof value>;

export function modelOf(
  { node, initializer }: GraphText,
  input: readonly Value[],
  output: readonly Value[],
): Uint8Array {
  const opsetImport = [{ domain: '', version: 17 }];
  const graph = { name: 'tiny', node, initializer, input, output };
  return ModelProto.encode({ irVersion: IR_VERSION, opsetImport, graph }).finish();
}

/** `low_res_masks`: above 0 where a pixel is more like a positive click than like a negative one. */
function addLogits(graph: GraphText, cells: number): void {
  graph.ints('flat', [3, -1]);
  graph.ints('one', [1]);
  graph.ints('zero', [0]);
  graph.floats('stride', [], [STRIDE]);
  graph.floats('cells', [], [cells]);
  graph.floats('last', [], [cells - 1]);
  graph.floats('none', [], [0]);
  graph.op('Reshape', 'colours', ['image_embeddings', 'flat']); // [3, cells²]

  // The middle of a box's corners, which are labelled 2 and 3, is one more point.
  graph.op('Squeeze', 'labels', ['point_labels', 'zero']);
  graph.op('Squeeze', 'coords', ['point_coords', 'zero']);
  graph.floats('corner', [], [1.5]);
  graph.op('Greater', 'corners', ['labels', 'corner']);
  graph.op('Cast', 'isCorner', ['corners'], int('to', 1));
  graph.op('Unsqueeze', 'cornerColumn', ['isCorner', 'one']);
  graph.op('Mul', 'cornerCoords', ['coords', 'cornerColumn']);
  graph.op('ReduceSum', 'cornerSum', ['cornerCoords', 'zero'], int('keepdims', 1));
  graph.floats('half', [], [0.5]);
  graph.op('Mul', 'middle', ['cornerSum', 'half']);
  graph.op('ReduceMax', 'hasBox', ['isCorner'], axes(0), int('keepdims', 1));
  graph.op('Concat', 'places', ['coords', 'middle'], int('axis', 0)); // [points + 1, 2]

  graph.op('Div', 'cellCoords', ['places', 'stride']);
  graph.op('Floor', 'floored', ['cellCoords']);
  graph.op('Max', 'notLeft', ['floored', 'none']);
  graph.op('Min', 'inside', ['notLeft', 'last']);
  graph.floats('rowMajor', [2, 1], [1, cells]);
  graph.op('MatMul', 'flatPlace', ['inside', 'rowMajor']);
  graph.op('Cast', 'wholePlace', ['flatPlace'], int('to', 7));
  graph.op('Squeeze', 'place', ['wholePlace', 'one']);
  graph.op('Gather', 'clicked', ['colours', 'place'], int('axis', 1)); // [3, points + 1]

  graph.op('Transpose', 'clickedRows', ['clicked']);
  graph.op('MatMul', 'products', ['clickedRows', 'colours']); // [points + 1, cells²]
  graph.op('Mul', 'clickedSquares', ['clickedRows', 'clickedRows']);
  graph.op('ReduceSum', 'clickedNorm', ['clickedSquares', 'one'], int('keepdims', 1));
  graph.op('Mul', 'squares', ['colours', 'colours']);
  graph.op('ReduceSum', 'norm', ['squares', 'zero'], int('keepdims', 1));
  graph.op('Add', 'norms', ['clickedNorm', 'norm']);
  graph.floats('two', [], [2]);
  graph.op('Mul', 'twice', ['products', 'two']);
  graph.op('Sub', 'distances', ['norms', 'twice']);
  graph.floats('sharp', [], [-SHARPNESS]);
  graph.op('Mul', 'scaled', ['distances', 'sharp']);
  graph.op('Exp', 'alike', ['scaled']);

  for (const [sign, label] of [['positive', 1] as const, ['negative', 0] as const]) {
    graph.floats(`${sign}Label`, [], [label]);
    graph.op('Equal', `${sign}Is`, ['labels', `${sign}Label`]);
    graph.op('Cast', `${sign}Given`, [`${sign}Is`], int('to', 1));
    graph.op('Mul', `${sign}Nothing`, ['hasBox', 'none']);
    graph.op('Concat', `${sign}All`, [`${sign}Given`, label === 1 ? 'hasBox' : `${sign}Nothing`], int('axis', 0));
    graph.op('Unsqueeze', `${sign}Column`, [`${sign}All`, 'one']);
    graph.op('Mul', `${sign}Alike`, ['alike', `${sign}Column`]);
    graph.op('ReduceMax', `${sign}Most`, [`${sign}Alike`], axes(0), int('keepdims', 1));
  }
  graph.op('Max', 'least', ['negativeMost', 'half']);
  graph.op('Sub', 'logits', ['positiveMost', 'least']);
  graph.ints('map', [1, 1, cells, cells]);
  graph.op('Reshape', 'low_res_masks', ['logits', 'map']);
  graph.op('ReduceMax', 'iou_predictions', ['positiveMost'], axes(1), int('keepdims', 1));
}

/** `masks`: without what lies beside the picture, at the picture's size, as the published export does it. */
function addMasks(graph: GraphText, side: number): void {
  graph.op('ReduceMax', 'longer', ['orig_im_size'], axes(0), int('keepdims', 1));
  graph.floats('side', [], [side]);
  graph.op('Div', 'scale', ['side', 'longer']);
  graph.op('Mul', 'scaledSize', ['orig_im_size', 'scale']);
  graph.op('Round', 'roundedSize', ['scaledSize']);
  graph.op('Cast', 'cropSize', ['roundedSize'], int('to', 7));
  graph.ints('batch', [1, 1]);
  graph.ints('whole', [1, 1, side, side]);
  graph.op('Resize', 'onCanvas', ['low_res_masks', '', '', 'whole'], word('mode', 'linear'));
  graph.ints('from', [0, 0]);
  graph.ints('sides', [2, 3]);
  graph.op('Slice', 'cropped', ['onCanvas', 'from', 'cropSize', 'sides']);
  graph.op('Cast', 'origSize', ['orig_im_size'], int('to', 7));
  graph.op('Concat', 'fullSize', ['batch', 'origSize'], int('axis', 0));
  graph.op('Resize', 'masks', ['cropped', '', '', 'fullSize'], word('mode', 'linear'));
}

/** The mapping that was guessed for such a pair, whose first file takes colours of 0 to 1. */
export function plainClicks(guessed: ModelMapping | null): ClickMapping {
  const clicks = guessed as ClickMapping;
  const input = { ...clicks.input, divisor: 255, mean: [0, 0, 0], deviation: [1, 1, 1], frame: [0, 0, 0] } as const;
  return { ...clicks, input };
}
