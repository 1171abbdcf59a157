/**
 * Tells colour profiles that are sRGB under some name, which most photos carry, from those that need converting. They
 * are told by what they compute, not by what they are called: phones and web services ship nameless ones.
 * Source: ICC.1:2010, sections 7.2, 7.3, 10.5 (curv), 10.15 (para), 10.27 (XYZ); IEC 61966-2-1 for sRGB, adapted to D50.
 */

const PRIMARIES: Readonly<Record<string, readonly [x: number, y: number, z: number]>> = {
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
};
const CURVES = ['rTRC', 'gTRC', 'bTRC'];
const PROBES = [0.02, 0.1, 0.25, 0.5, 0.75, 0.9];

/** Less than half a step of 255 after conversion. */
const PRIMARY_TOLERANCE = 0.0015;
const CURVE_TOLERANCE = 0.0015;

const HEADER_BYTES = 128;
const TAG_BYTES = 12;

/** Whether converting with this profile to sRGB would change nothing that 8 bits can show. */
export function isSrgbProfile(profile: Buffer): boolean {
  try {
    const tags = readTags(profile);
    if (tags.has('A2B0')) return false; // a table, which would go before primaries and curves
    return (
      Object.entries(PRIMARIES).every(([name, xyz]) => isNear(readXyz(tags.get(name)!), xyz, PRIMARY_TOLERANCE)) &&
      CURVES.every((name) => isNear(readCurve(tags.get(name)!), PROBES.map(srgbCurve), CURVE_TOLERANCE))
    );
  } catch {
    return false; // not a profile that could be read here: libvips shall judge
  }
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

function readXyz(tag: Buffer): number[] {
  return [8, 12, 16].map((at) => readFixed(tag, at));
}

/** The curve of a channel at the probes, from what is stored to light. */
function readCurve(tag: Buffer): number[] {
  const type = tag.toString('latin1', 0, 4);
  if (type === 'curv') return readSampledCurve(tag);
  if (type !== 'para' || tag.readUInt16BE(8) !== 3) return [];
  const [g, a, b, c, d] = [12, 16, 20, 24, 28].map((at) => readFixed(tag, at)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return PROBES.map((x) => (x >= d ? (a * x + b) ** g : c * x));
}

function readSampledCurve(tag: Buffer): number[] {
  const last = tag.readUInt32BE(8) - 1;
  if (last < 1) return []; // the identity or a plain power: not sRGB's curve
  const sample = (i: number) => tag.readUInt16BE(12 + 2 * i) / 0xffff;
  return PROBES.map((x) => {
    const below = Math.min(Math.floor(x * last), last - 1);
    const part = x * last - below;
    return sample(below) * (1 - part) + sample(below + 1) * part;
  });
}

function readFixed(tag: Buffer, at: number): number {
  return tag.readInt32BE(at) / 0x10000;
}

function srgbCurve(x: number): number {
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
}

function isNear(values: readonly number[], expected: readonly number[], tolerance: number): boolean {
  return values.length === expected.length && values.every((value, i) => Math.abs(value - expected[i]!) <= tolerance);
}
