/**
 * Looks through a stranger's ONNX file without unpacking it: what it says of itself, and whether all of its numbers are in it.
 * Nothing is allocated for what the file claims to hold; every length is checked against the bytes that are there.
 * Source: onnx.proto (ONNX 1.17); field numbers are the format's.
 */

import protobuf from 'protobufjs';
import { ModelFormatError } from './read-weights.ts';

export interface ModelText {
  readonly producer: string;
  /** Free text of the file, by key. */
  readonly metadata: ReadonlyMap<string, string>;
}

type MessageName =
  | 'model'
  | 'training'
  | 'function'
  | 'graph'
  | 'node'
  | 'attribute'
  | 'tensor'
  | 'sparse'
  | 'entry'
  | 'text';

/** Fields that hold other messages, by number; every other field is passed over. */
const FIELDS: Readonly<Record<MessageName, Readonly<Record<number, MessageName>>>> = {
  model: { 2: 'text', 7: 'graph', 14: 'entry', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
  entry: {},
  text: {},
};

const TENSOR_NAME = 8;
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
const EXTERNAL = 1;
const BYTES = 2;
const VARINT = 0;
/** Deeper than any network nests its branches and loops. */
const DEEPEST = 64;
/** More text than that is no description. */
const MOST_ENTRIES = 1000;

/** Errors: ModelFormatError for what is no ONNX model, and for one whose numbers lie in other files. */
export function inspectModel(file: Uint8Array): ModelText {
  const inspection = new Inspection(file);
  try {
    inspection.walk('model', file.length, 0);
  } catch (cause) {
    if (cause instanceof ModelFormatError) throw cause;
    throw new ModelFormatError('is not an ONNX model', { cause });
  }
  if (!inspection.hasGraph) throw new ModelFormatError('is not an ONNX model: it holds no graph');
  return inspection;
}

class Inspection implements ModelText {
  producer = '';
  readonly metadata = new Map<string, string>();
  hasGraph = false;
  private readonly reader: protobuf.Reader;

  constructor(file: Uint8Array) {
    this.reader = protobuf.Reader.create(file);
  }

  walk(message: MessageName, end: number, depth: number): void {
    const { reader } = this;
    if (depth > DEEPEST) throw new ModelFormatError(`nests graphs more than ${DEEPEST} deep`);
    if (message === 'text') this.producer = this.text(end);
    else if (message === 'entry') this.entry(end);
    else if (message === 'tensor') this.tensor(end);
    else {
      while (reader.pos < end) {
        const tag = reader.uint32();
        const child = (tag & 7) === BYTES ? FIELDS[message][tag >>> 3] : undefined;
        if (child === undefined) reader.skipType(tag & 7);
        else this.walk(child, this.endOfField(end), depth + 1);
      }
    }
    if (message === 'graph') this.hasGraph = true;
    if (reader.pos !== end) throw new ModelFormatError('is not an ONNX model: a field is longer than what holds it');
  }

  /** A weight that lies elsewhere is never looked for: its file is named by a stranger. */
  private tensor(end: number): void {
    const { reader } = this;
    let name = '';
    let isExternal = false;
    while (reader.pos < end) {
      const tag = reader.uint32();
      const [field, wire] = [tag >>> 3, tag & 7];
      if (field === TENSOR_NAME && wire === BYTES) name = this.text(this.endOfField(end));
      else if (field === DATA_LOCATION && wire === VARINT) isExternal = reader.int32() === EXTERNAL || isExternal;
      else {
        isExternal ||= field === EXTERNAL_DATA;
        reader.skipType(wire);
      }
    }
    if (!isExternal) return;
    throw new ModelFormatError(
      `keeps "${name.slice(0, 80)}" in another file; save it as one file with its weights inside`,
    );
  }

  private entry(end: number): void {
    const { reader } = this;
    let [key, value] = ['', ''];
    while (reader.pos < end) {
      const tag = reader.uint32();
      if ((tag & 7) !== BYTES) reader.skipType(tag & 7);
      else if (tag >>> 3 === 1) key = this.text(this.endOfField(end));
      else value = this.text(this.endOfField(end));
    }
    if (this.metadata.size < MOST_ENTRIES) this.metadata.set(key, value);
  }

  private endOfField(limit: number): number {
    const end = this.reader.uint32() + this.reader.pos;
    if (end > limit) throw new ModelFormatError('is not an ONNX model: a field is longer than what holds it');
    return end;
  }

  private text(end: number): string {
    const { reader } = this;
    const text = new TextDecoder().decode(reader.buf.subarray(reader.pos, end));
    reader.skip(end - reader.pos);
    return text;
  }
}
