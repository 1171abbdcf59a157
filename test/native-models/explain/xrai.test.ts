import { describe, expect, test } from 'vitest';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { segment } from '../../../native-models/explain/segments.ts';
import { type Regions, regionsOf, xrai } from '../../../native-models/explain/xrai.ts';

/** Planes of a picture from the colour of each pixel. */
function planesOf(height: number, width: number, colour: (x: number, y: number) => readonly number[]): Float32Array {
  const area = height * width;
  const pixels = Array.from({ length: area }, (_, i) => colour(i % width, Math.floor(i / width)));
  return Float32Array.from({ length: 3 * area }, (_, i) => pixels[i % area]![Math.floor(i / area)]!);
}

const grey = (value: number) => [value, value, value];

describe('segments', () => {
  const [height, width] = [20, 21];
  const noise = (x: number, y: number) => 0.01 * Math.sin(13 * x + 7 * y * y);
  const quarters = planesOf(height, width, (x, y) => grey((x < 10 ? 0 : 0.3) + (y < 10 ? 0 : 0.5) + noise(x, y)));

  test('are the parts of like colour, whatever the noise', () => {
    const [numbers] = segment(quarters, height, width, [{ scale: 1, minArea: 10 }]);

    numbers!.forEach((number, i) => {
      expect(number).toBe(Number(i % width >= 10) + 2 * Number(i >= 10 * width));
    });
  });

  test('are at least as large as asked', () => {
    const rng = rngFrom(1, 'segments');
    const noisy = planesOf(40, 30, () => [rng.uniform(), rng.uniform(), rng.uniform()]);

    for (const numbers of segment(noisy, 40, 30, [
      { scale: 0.1, minArea: 25 },
      { scale: 1, minArea: 60 },
    ])) {
      const areas = new Map<number, number>();
      for (const number of numbers) areas.set(number, (areas.get(number) ?? 0) + 1);
      expect(Math.min(...areas.values())).toBeGreaterThanOrEqual(25);
      expect([...areas.keys()]).toEqual([...areas.keys()].map((_, i) => i));
    }
  });

  test('grow with the scale', () => {
    const rng = rngFrom(2, 'segments');
    const noisy = planesOf(40, 30, (x) => grey(x / 30 + 0.2 * rng.uniform()));
    const counts = segment(
      noisy,
      40,
      30,
      [0.1, 1, 10].map((scale) => ({ scale, minArea: 1 })),
    ).map((numbers) => new Set(numbers).size);

    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(counts[0]!).toBeGreaterThan(counts[2]!);
  });
});

/** The algorithm as it is published, with no regard to time. */
function plainXrai(attribution: Float32Array, regions: Regions, minArea: number): Float32Array {
  const result = new Float32Array(attribution.length).fill(Number.NaN);
  const open = () => regions.map((members) => [...members].filter((pixel) => Number.isNaN(result[pixel])));
  const mean = (pixels: readonly number[]) => pixels.reduce((sum, p) => sum + attribution[p]!, 0) / pixels.length;
  for (;;) {
    const candidates = open().filter((pixels) => pixels.length >= minArea);
    if (candidates.length === 0) break;
    const best = candidates.reduce((a, b) => (mean(b) > mean(a) ? b : a));
    const gain = mean(best);
    for (const pixel of best) result[pixel] = gain;
  }
  const rest = [...attribution.keys()].filter((pixel) => Number.isNaN(result[pixel]));
  const gain = mean(rest);
  for (const pixel of rest) result[pixel] = gain;
  return result;
}

describe('XRAI', () => {
  const side = 48;
  const area = side * side;
  const rng = rngFrom(3, 'xrai');
  const attribution = Float32Array.from({ length: area }, () => rng.normal());
  const planes = planesOf(side, side, (x, y) => grey(Math.sin(x / 5) * Math.cos(y / 7) + 0.3 * rng.uniform()));
  const regions = regionsOf(planes, { height: side, width: side });

  test('takes the regions that the published algorithm takes', () => {
    const expected = plainXrai(attribution, regions, 50 * (area / 224 ** 2));

    const actual = xrai(attribution, regions, { isFast: false });

    actual.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
  });

  test.each([true, false])('keeps the sum of the attribution (fast: %s)', (isFast) => {
    const map = xrai(attribution, regions, { isFast });
    const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

    expect(sum(map)).toBeCloseTo(sum(attribution), 2);
  });

  test.each([true, false])('puts the region with the evidence first (fast: %s)', (isFast) => {
    const isObject = (i: number) => i % side >= 30 && i >= 10 * side && i < 35 * side;
    const picture = planesOf(side, side, (x, y) => grey(isObject(y * side + x) ? 0.9 : -0.7));
    const sparse = Float32Array.from({ length: area }, (_, i) => (isObject(i) && i % 7 === 0 ? 1 : 0));

    const map = xrai(sparse, regionsOf(picture, { height: side, width: side }), { isFast });

    // Blurred outlines are regions of their own.
    const isCore = (i: number) => [-3, 3].every((d) => isObject(i + d) && isObject(i + d * side));
    const core = map.filter((_, i) => isCore(i));
    const far = map.filter((_, i) => i % side < 20);
    expect(Math.min(...core)).toBeGreaterThan(Math.max(...far));
  });
});
