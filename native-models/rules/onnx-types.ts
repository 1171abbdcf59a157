import type { DType } from '../core/shape.ts';

/** ONNX element type numbers. Source: onnx.proto, TensorProto.DataType. */
export const ONNX_TYPES: Readonly<Record<DType, number>> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 };
