/**
 * Reads colour profiles made of three curves and a matrix, and tells those that are sRGB under some name, which most
 * photos carry, from those that need converting. They are told by what they compute, not by what they are called: phones
 * and web services ship nameless ones.
 * Source: ICC.1:2010, sections 7.2, 7.3, 10.5 (curv), 10.15 (para), 10.27 (XYZ); IEC 61966-2-1 for sRGB, adapted to D50.
 */

export type Vector3 = readonly [number, number, number];

/** From a stored value in 0..1 to light in 0..1. */
export type Curve = (value: number) => number;

export interface MatrixProfile {
  /** XYZ of full red, green and blue, for a white of D50. */
  readonly primaries: readonly [Vector3, Vector3, Vector3];
  readonly curves: readonly [Curve, Curve, Curve];
}

export const SRGB_TO_XYZ: MatrixProfile['primaries'] = [
  [0.4361, 0.2225, 0.0139],
  [0.3851, 0.7169, 0.0971],
  [0.1431, 0.0606, 0.7141],
];
const PRIMARIES = ['rXYZ', 'gXYZ', 'bXYZ'];
const CURVES = ['rTRC', 'gTRC', 'bTRC'];
const PROBES = [0.02, 0.1, 0.25, 0.5, 0.75, 0.9];

/** Less than half a step of 255 after conversion. */
const PRIMARY_TOLERANCE = 0.0015;
const CURVE_TOLERANCE = 0.0015;

const HEADER_BYTES = 128;
const TAG_BYTES = 12;

/** Whether converting with this profile to sRGB would change nothing that 8 bits can show. */
export function isSrgbProfile(profile: Buffer): boolean {
  const parts = readMatrixProfile(profile);
  if (parts === null) return false;
  return (
    parts.primaries.every((xyz, i) => isNear(xyz, SRGB_TO_XYZ[i]!, PRIMARY_TOLERANCE)) &&
    parts.curves.every((curve) => isNear(PROBES.map(curve), PROBES.map(srgbDecoded), CURVE_TOLERANCE))
  );
}

/** The parts of a profile; null for other kinds, and for what cannot be read: libvips shall judge. */
export function readMatrixProfile(profile: Buffer): MatrixProfile | null {
  try {
    if (profile.toString('latin1', 16, 24) !== 'RGB XYZ ') return null;
    const tags = readTags(profile);
    if (tags.has('A2B0')) return null; // a table, which would go before primaries and curves
    const primaries = PRIMARIES.map((name) => readXyz(tags.get(name)!));
    const curves = CURVES.map((name) => readCurve(tags.get(name)!));
    if (curves.includes(null)) return null;
    return { primaries, curves } as unknown as MatrixProfile;
  } catch {
    return null;
  }
}

/** sRGB's own curve. */
export function srgbDecoded(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function readTags(profile: Buffer): Map<string, Buffer> {
  const count = profile.readUInt32BE(HEADER_BYTES);
  const tags = new Map<string, Buffer>();
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + 4 + i * TAG_BYTES;
    const [offset, size] = [profile.readUInt32BE(at + 4), profile.readUInt32BE(at + 8)];
    tags.set(profile.toString('latin1', at, at + 4), profile.subarray(offset, offset + size));
  }
  return tags;
}

function readXyz(tag: Buffer): Vector3 {
  return [readFixed(tag, 8), readFixed(tag, 12), readFixed(tag, 16)];
}

/** Which of g, a, b, c, d, e, f a parametric curve of type 0 to 4 stores, in order. */
const PARAMETERS = ['g', 'gab', 'gabc', 'gabcd', 'gabcdef'];

/** The curve of a channel; null for a kind that is none of the standard's. */
function readCurve(tag: Buffer): Curve | null {
  const type = tag.toString('latin1', 0, 4);
  if (type === 'curv') return readSampledCurve(tag);
  const names = PARAMETERS[tag.readUInt16BE(8)];
  if (type !== 'para' || names === undefined) return null;
  const stored = Object.fromEntries([...names].map((name, i) => [name, readFixed(tag, 12 + 4 * i)]));
  const { g = 1, a = 1, b = 0, c = 0, e = 0, f = 0 } = stored;
  // Types 1 and 2 bend where the power begins, and are flat before; 2 adds c everywhere.
  const isOld = names === 'gab' || names === 'gabc';
  const bend = isOld ? -b / a : (stored['d'] ?? Number.NEGATIVE_INFINITY);
  const [slope, below, above] = isOld ? [0, c, c] : [c, f, e];
  return (x) => clip01(x >= bend ? Math.max(0, a * x + b) ** g + above : slope * x + below);
}

function readSampledCurve(tag: Buffer): Curve {
  const count = tag.readUInt32BE(8);
  if (count === 0) return (x) => x;
  if (count === 1) {
    const gamma = tag.readUInt16BE(12) / 256;
    return (x) => x ** gamma;
  }
  const samples = Array.from({ length: count }, (_, i) => tag.readUInt16BE(12 + 2 * i) / 0xffff);
  return (x) => {
    const below = Math.min(Math.floor(x * (count - 1)), count - 2);
    const part = x * (count - 1) - below;
    return samples[below]! * (1 - part) + samples[below + 1]! * part;
  };
}

function readFixed(tag: Buffer, at: number): number {
  return tag.readInt32BE(at) / 0x10000;
}

function clip01(x: number): number {
  return Math.min(1, Math.max(0, x));
}

function isNear(values: readonly number[], expected: readonly number[], tolerance: number): boolean {
  return values.length === expected.length && values.every((value, i) => Math.abs(value - expected[i]!) <= tolerance);
}
