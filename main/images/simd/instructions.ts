/**
 * The WebAssembly instructions in use. Names say lanes and width: `add32x4` adds four 32-bit lanes.
 * Source: WebAssembly Core Specification 2.0, section 5.4.
 */

import { type Code, signed, unsigned } from './assembler.ts';

const SIMD = 0xfd;

const binary = (opcode: number) => (a: Code, b: Code) => [...a, ...b, opcode];
const vector = (opcode: number) => [SIMD, ...unsigned(opcode)];
const unaryVector = (opcode: number) => (a: Code) => [...a, ...vector(opcode)];
const binaryVector = (opcode: number) => (a: Code, b: Code) => [...a, ...b, ...vector(opcode)];
const shiftVector = (opcode: number) => (a: Code, bits: number) => [...a, ...constant(bits), ...vector(opcode)];

/** Unaligned; `offset` in bytes. */
const memory = (offset: number) => [0, ...unsigned(offset)];
const load =
  (opcode: number) =>
  (address: Code, offset = 0) => [...address, ...vector(opcode), ...memory(offset)];

// 32-bit integers
export const constant = (value: number): Code => [0x41, ...signed(value)];
export const add = binary(0x6a);
export const subtract = binary(0x6b);
export const multiply = binary(0x6c);
export const and = binary(0x71);
export const shiftLeft = binary(0x74);
/** Signed. */
export const shiftRight = binary(0x75);
export const shiftRightUnsigned = binary(0x76);
/** Signed. */
export const isLess = binary(0x48);
export const load32 = (address: Code, offset = 0): Code => [...address, 0x28, ...memory(offset)];
export const store32 = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  0x36,
  ...memory(offset),
];
/** Unsigned. */
export const load8 = (address: Code, offset = 0): Code => [...address, 0x2d, ...memory(offset)];
/** Unsigned. */
export const load16 = (address: Code, offset = 0): Code => [...address, 0x2f, ...memory(offset)];
export const store16 = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  0x3b,
  ...memory(offset),
];

// memory and vectors
export const loadVector = load(0);
/** One value in every lane. */
export const loadSplat32 = load(9);
/** Eight bytes as eight 16-bit lanes. */
export const load8BytesWide = load(2);
export const storeVector = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  ...vector(11),
  ...memory(offset),
];
/** Four bytes: the first, or another quarter of the vector. */
export const store4Bytes = (address: Code, value: Code, quarter: number): Code => [
  ...address,
  ...value,
  ...vector(90),
  ...memory(0),
  quarter,
];
/** Eight bytes: the lower (0) or upper (1) half. */
export const store8Bytes = (address: Code, value: Code, half: 0 | 1): Code => [
  ...address,
  ...value,
  ...vector(91),
  ...memory(0),
  half,
];
/** Sixteen bytes chosen from two vectors: 0 to 15 from the first, 16 to 31 from the second. */
export const shuffle = (a: Code, b: Code, lanes: readonly number[]): Code => [...a, ...b, ...vector(13), ...lanes];
export const or = binaryVector(80);

// lanes of 16 bits
export const splat16 = (value: number): Code => splatOf16(constant(value));
export const splatOf16 = unaryVector(16);
export const add16x8 = binaryVector(142);
export const subtract16x8 = binaryVector(145);
export const multiply16x8 = binaryVector(149);
export const shiftLeft16x8 = shiftVector(139);
/** Unsigned. */
export const shiftRight16x8 = shiftVector(141);
/** Bytes 0 to 7 as 16-bit lanes. */
export const widenLowBytes = unaryVector(137);
export const widenHighBytes = unaryVector(138);
/** Sixteen lanes clipped to 0..255. */
export const narrowToBytes = binaryVector(102);

// lanes of 32 bits
export const splat32 = (value: number): Code => [...constant(value), ...vector(17)];
export const add32x4 = binaryVector(174);
export const subtract32x4 = binaryVector(177);
export const multiply32x4 = binaryVector(181);
export const shiftLeft32x4 = shiftVector(171);
/** Signed. */
export const shiftRight32x4 = shiftVector(172);
/** Unsigned 16-bit lanes 0 to 3 as 32-bit ones. */
export const widenLow16 = unaryVector(169);
export const widenHigh16 = unaryVector(170);
/** Eight lanes clipped to 16 bits, signed. */
export const narrowTo16 = binaryVector(133);
/** Products of signed 16-bit lanes, added in pairs. */
export const dot16x8 = binaryVector(186);
