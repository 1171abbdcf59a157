/** Static shapes and element types. A rank-0 shape `[]` is a scalar. */

export type DType = 'float32' | 'int32' | 'int64' | 'uint8' | 'bool';
export type Shape = readonly number[];

/** A model was put together wrongly: sizes or element types do not fit. The stack points at the model's line. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((side, i) => side === b[i]);
}

/** Elements between neighbours along each axis, in a row-major array. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/**
 * Shape of an elementwise result.
 * Errors: ShapeError when two sides differ and neither is 1.
 * Source: ONNX, "Multidirectional Broadcasting" (NumPy's rule).
 */
export function broadcastShapes(a: Shape, b: Shape, operation: string): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const p = a[axis - rank + a.length] ?? 1;
    const q = b[axis - rank + b.length] ?? 1;
    if (p !== q && p !== 1 && q !== 1) throw new ShapeError(`${operation}: [${a}] and [${b}] do not broadcast`);
    return p === 1 ? q : p;
  });
}

/** Axes counted from the front, ascending. Errors: ShapeError for an axis the shape does not have, or one named twice. */
export function normalAxes(axes: readonly number[], rank: number, operation: string): number[] {
  const normal = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((p, q) => p - q);
  const isBad = normal.some((axis, i) => axis < 0 || axis >= rank || axis === normal[i - 1]);
  if (isBad) throw new ShapeError(`${operation}: axes [${axes}] do not fit rank ${rank}`);
  return normal;
}
