import { describe, expect, test } from 'vitest';
import { inspectModel } from '../../../native-models/onnx/inspect-model.ts';
import { ModelFormatError } from '../../../native-models/onnx/read-weights.ts';
import { boxFinder, colourClassifier } from '../../kit/tiny-models.ts';

/** A field of a protobuf message whose value is bytes. */
function field(number: number, value: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let left = value.length; ; left >>>= 7) {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    if (left < 128) break;
  }
  const tag = (number << 3) | 2;
  return Uint8Array.from([...(tag < 128 ? [tag] : [(tag & 127) | 128, tag >>> 7]), ...length, ...value]);
}
const text = (value: string) => new TextEncoder().encode(value);
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

const GRAPH = 7;
const INITIALIZER = 5;
const NODE = 1;
const ATTRIBUTE = 5;
/** TensorProto `w` with data_location EXTERNAL and a place that leads out of the folder. */
const external = joined(
  field(8, text('w')),
  field(13, joined(field(1, text('location')), field(2, text('../../etc/passwd')))),
  Uint8Array.of(14 << 3, 1),
);

describe('a model file of a stranger', () => {
  test('is told by what it says of itself', () => {
    const { producer, metadata } = inspectModel(colourClassifier());

    expect(producer).toBe('lightbench');
    expect(metadata.get('names')).toContain("baker's blue");
  });

  test('that keeps weights in other files is refused, wherever in it they are', () => {
    const branch = field(ATTRIBUTE, field(6, field(NODE, field(ATTRIBUTE, field(5, external)))));
    const places = {
      initializer: field(GRAPH, field(INITIALIZER, external)),
      sparse: field(GRAPH, field(15, field(1, external))),
      branch: field(GRAPH, field(NODE, branch)),
      function: joined(field(GRAPH, field(2, text('g'))), field(25, field(7, field(ATTRIBUTE, field(5, external))))),
      training: joined(field(GRAPH, field(2, text('g'))), field(20, field(1, field(INITIALIZER, external)))),
      'place alone': field(GRAPH, field(INITIALIZER, field(13, field(1, text('location'))))),
    };
    for (const [where, file] of Object.entries(places)) {
      expect(() => inspectModel(file), where).toThrow(/in another file; save it as one file/);
    }
  });

  test('that is none, or is cut off anywhere, is refused as such', () => {
    expect(() => inspectModel(new Uint8Array())).toThrow('it holds no graph');
    expect(() => inspectModel(text('{"not": "a model"}'))).toThrow(ModelFormatError);
    const file = boxFinder(16);
    for (let length = 1; length < file.length; length += 7) {
      try {
        inspectModel(file.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFormatError);
      }
    }
  });

  test('that nests graphs in graphs without end is refused before the stack ends', () => {
    let graph = field(2, text('innermost'));
    for (let i = 0; i < 400; i++) graph = field(NODE, field(ATTRIBUTE, field(6, graph)));

    expect(() => inspectModel(field(GRAPH, graph))).toThrow('nests graphs more than 64 deep');
  });
});
