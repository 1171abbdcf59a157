/**
 * The part of the ONNX file format that is written and read here, as a protobuf description.
 * Source: onnx.proto (ONNX 1.13, IR version 8); field numbers are the format's.
 */

import protobuf from 'protobufjs';

const field = (type: string, id: number) => ({ type, id });
const list = (type: string, id: number) => ({ rule: 'repeated', type, id });
const packed = (type: string, id: number) => ({ rule: 'repeated', type, id, options: { packed: true } });

const root = protobuf.Root.fromJSON({
  nested: {
    StringStringEntryProto: { fields: { key: field('string', 1), value: field('string', 2) } },
    OperatorSetIdProto: { fields: { domain: field('string', 1), version: field('int64', 2) } },
    TensorProto: {
      fields: {
        dims: packed('int64', 1),
        dataType: field('int32', 2),
        name: field('string', 8),
        rawData: field('bytes', 9),
      },
    },
    AttributeProto: {
      fields: {
        name: field('string', 1),
        f: field('float', 2),
        i: field('int64', 3),
        s: field('bytes', 4),
        g: field('GraphProto', 6),
        floats: packed('float', 7),
        ints: packed('int64', 8),
        type: field('int32', 20),
      },
    },
    NodeProto: {
      fields: {
        input: list('string', 1),
        output: list('string', 2),
        name: field('string', 3),
        opType: field('string', 4),
        attribute: list('AttributeProto', 5),
        domain: field('string', 7),
      },
    },
    Dimension: {
      oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
      fields: { dimValue: field('int64', 1), dimParam: field('string', 2) },
    },
    TensorShapeProto: { fields: { dim: list('Dimension', 1) } },
    TensorTypeProto: { fields: { elemType: field('int32', 1), shape: field('TensorShapeProto', 2) } },
    SequenceTypeProto: { fields: { elemType: field('TypeProto', 1) } },
    TypeProto: { fields: { tensorType: field('TensorTypeProto', 1), sequenceType: field('SequenceTypeProto', 4) } },
    ValueInfoProto: {
      fields: { name: field('string', 1), type: field('TypeProto', 2), docString: field('string', 3) },
    },
    GraphProto: {
      fields: {
        node: list('NodeProto', 1),
        name: field('string', 2),
        initializer: list('TensorProto', 5),
        input: list('ValueInfoProto', 11),
        output: list('ValueInfoProto', 12),
      },
    },
    ModelProto: {
      fields: {
        irVersion: field('int64', 1),
        producerName: field('string', 2),
        producerVersion: field('string', 3),
        docString: field('string', 6),
        graph: field('GraphProto', 7),
        opsetImport: list('OperatorSetIdProto', 8),
        metadataProps: list('StringStringEntryProto', 14),
      },
    },
  },
});

export const ModelProto: protobuf.Type = root.lookupType('ModelProto');

/** AttributeProto.AttributeType numbers. */
export const ATTRIBUTE = { float: 1, int: 2, string: 3, graph: 5, floats: 6, ints: 7 } as const;

export const IR_VERSION = 8;
