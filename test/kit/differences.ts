/** Paths at which two values of the same shape differ, numbers by more than the tolerance. */
export function differences(actual: unknown, expected: unknown, tolerance: number, path = ''): string[] {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Math.abs(actual - expected) <= tolerance ? [] : [`${path}: ${actual}, expected ${expected}`];
  }
  if (actual === null || expected === null || typeof actual !== 'object' || typeof expected !== 'object') {
    return actual === expected ? [] : [`${path}: ${actual}, expected ${expected}`];
  }
  const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  return [...keys].flatMap((key) =>
    differences(
      Reflect.get(actual, key) as unknown,
      Reflect.get(expected, key) as unknown,
      tolerance,
      `${path}/${key}`,
    ),
  );
}
