/** From what a method gives of every channel, or of a coarse map, to how much each pixel counts. */

/** Shapes: planes [3,H,W] -> [H,W], the sum of the three without their signs. */
export function strengthOf(planes: Float32Array): Float32Array {
  const area = planes.length / 3;
  return Float32Array.from({ length: area }, (_, i) => {
    return Math.abs(planes[i]!) + Math.abs(planes[area + i]!) + Math.abs(planes[2 * area + i]!);
  });
}

/** Shapes: planes [3,H,W] -> [H,W], the largest of the three. */
export function largestOf(planes: Float32Array): Float32Array {
  const area = planes.length / 3;
  return Float32Array.from({ length: area }, (_, i) => Math.max(planes[i]!, planes[area + i]!, planes[2 * area + i]!));
}

/** The same numbers for each of three channels. Shapes: map [H,W] -> [3,H,W]. */
export function threefold(map: Float32Array): Float32Array {
  const planes = new Float32Array(3 * map.length);
  for (let channel = 0; channel < 3; channel++) planes.set(map, channel * map.length);
  return planes;
}

/**
 * A square map in a larger size, bilinear, pixel centres on pixel centres, borders repeated.
 * Shapes: map [side,side] -> [outSide,outSide].
 * Source: torch's `interpolate(mode='bilinear', align_corners=False)`.
 */
export function enlarged(map: Float32Array, outSide: number): Float32Array {
  const side = Math.sqrt(map.length);
  const places = Array.from({ length: outSide }, (_, i) => {
    const at = Math.max(0, ((i + 0.5) * side) / outSide - 0.5);
    const first = Math.floor(at);
    return { first, second: Math.min(side - 1, first + 1), share: at - first };
  });
  const row = (y: number, { first, second, share }: (typeof places)[number]) =>
    map[y * side + first]! * (1 - share) + map[y * side + second]! * share;
  return Float32Array.from({ length: outSide * outSide }, (_, i) => {
    const [x, y] = [places[i % outSide]!, places[Math.floor(i / outSide)]!];
    return row(y.first, x) * (1 - y.share) + row(y.second, x) * y.share;
  });
}

/** Numbers moved to 0..1: `low` and below become 0, `high` and above 1; all 0 where there is no difference. */
export function scaled(values: Float32Array, low: number, high: number): Float32Array {
  const range = high - low;
  return values.map((value) => (range > 0 ? Math.min(1, Math.max(0, (value - low) / range)) : 0));
}

/** The value that a share of the values do not exceed. */
export function quantile(values: Float32Array, share: number): number {
  return values.toSorted()[Math.min(values.length - 1, Math.floor(share * values.length))]!;
}
