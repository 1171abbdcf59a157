/** Three-component vectors and rotations, as plain readonly tuples. The world is right-handed with z up. */

export type Vector = readonly [x: number, y: number, z: number];

/** A rotation by rows: `rotate(m, v)` is m times v. */
export type Rotation = readonly [Vector, Vector, Vector];

export const IDENTITY: Rotation = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vector, by: number): Vector => [a[0] * by, a[1] * by, a[2] * by];
export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const normalise = (a: Vector): Vector => scale(a, 1 / Math.hypot(a[0], a[1], a[2]));

/** Any two unit vectors that complete the unit vector `axis` to a right-handed frame [u, v, axis]. */
export function frameAround(axis: Vector): readonly [Vector, Vector] {
  const start: Vector = Math.abs(axis[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const u = normalise(cross(start, axis));
  return [u, cross(axis, u)];
}

export const rotate = (m: Rotation, v: Vector): Vector => [dot(m[0], v), dot(m[1], v), dot(m[2], v)];

/** The rotation that applies `b` first and `a` after it. */
export function compose(a: Rotation, b: Rotation): Rotation {
  const column = (j: 0 | 1 | 2): Vector => rotate(a, [b[0][j], b[1][j], b[2][j]]);
  const [x, y, z] = [column(0), column(1), column(2)];
  return [
    [x[0], y[0], z[0]],
    [x[1], y[1], z[1]],
    [x[2], y[2], z[2]],
  ];
}

/** Rotation about a unit axis, counter-clockwise seen from its tip. Source: Rodrigues 1840. */
export function rotationAbout([x, y, z]: Vector, angleRad: number): Rotation {
  const c = Math.cos(angleRad);
  const s = Math.sin(angleRad);
  const t = 1 - c;
  return [
    [c + t * x * x, t * x * y - s * z, t * x * z + s * y],
    [t * x * y + s * z, c + t * y * y, t * y * z - s * x],
    [t * x * z - s * y, t * y * z + s * x, c + t * z * z],
  ];
}
