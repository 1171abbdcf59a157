/** Tensors as files hold them, whatever the format: element type, shape, and bytes that are read when asked for. */

/** The bytes are not what the format says, or hold what no weights file needs. */
export class WeightsFormatError extends Error {
  override readonly name = 'WeightsFormatError';
}

export const ELEMENT_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;
export type StoredType = keyof typeof ELEMENT_BYTES;

export interface StoredTensor {
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** Its elements row by row, little-endian. May be a view of the file. */
  readonly read: () => Uint8Array;
}

export interface WeightsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Values as float32; half and bfloat16 are widened, doubles rounded. Errors: WeightsFormatError for integers. */
export function toFloat32(name: string, { type, read }: StoredTensor): Float32Array {
  // A copy of its own: a Node Buffer's slice would share, and views need aligned memory.
  const copied = () => new Uint8Array(read()).buffer;
  switch (type) {
    case 'F32':
      return new Float32Array(copied());
    case 'F64':
      return Float32Array.from(new Float64Array(copied()));
    case 'F16':
      return Float32Array.from(new Uint16Array(copied()), halfToNumber);
    case 'BF16':
      return new Float32Array(Uint32Array.from(new Uint16Array(copied()), (bits) => bits << 16).buffer);
    default:
      throw new WeightsFormatError(`tensor "${name}" holds ${type}, weights must be real numbers`);
  }
}

/** Source: IEEE 754-2019, binary16. */
export function halfToNumber(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
