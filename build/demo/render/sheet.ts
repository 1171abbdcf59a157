/** Sheet metal, paper and tape: a flat outline with holes, made of triangles in (u, v), bent and given a thickness. */

import { MeshBuilder } from './mesh.ts';
import type { Vector } from './vector.ts';

export type Point = readonly [u: number, v: number];

/** Triangles of the unbent outline, counter-clockwise; neighbours share their corner points exactly. */
export class Blank {
  readonly triangles: (readonly [Point, Point, Point])[] = [];

  polygon(points: readonly Point[]): void {
    for (let i = 2; i < points.length; i++) this.triangles.push([points[0]!, points[i - 1]!, points[i]!]);
  }

  rectangle(u0: number, v0: number, u1: number, v1: number): void {
    this.polygon([
      [u0, v0],
      [u1, v0],
      [u1, v1],
      [u0, v1],
    ]);
  }

  /** A rectangle with a round or long hole in its middle; `holeHalfLength` stretches it along v. */
  rectangleWithHole(u0: number, v0: number, u1: number, v1: number, holeRadius: number, holeHalfLength = 0): void {
    const [cu, cv] = [(u0 + u1) / 2, (v0 + v1) / 2];
    const [hu, hv] = [(u1 - u0) / 2, (v1 - v0) / 2];
    const edge = (i: number): readonly [Point, Point] => {
      const angle = (2 * Math.PI * i) / HOLE_POINTS;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const reach = 1 / Math.max(Math.abs(c), Math.abs(s));
      const stretch = Math.abs(s) < 1e-9 ? 0 : Math.sign(s) * holeHalfLength;
      return [
        [cu + holeRadius * c, cv + holeRadius * s + stretch],
        [cu + hu * c * reach, cv + hv * s * reach],
      ];
    };
    for (let i = 0; i < HOLE_POINTS; i++) {
      const [inner, outer] = edge(i);
      const [nextInner, nextOuter] = edge((i + 1) % HOLE_POINTS);
      this.polygon([inner, outer, nextOuter, nextInner]);
    }
  }
}

/** The two vertices of one point of the blank. */
type Pair = readonly [top: number, bottom: number];

const HOLE_POINTS = 16; // a multiple of 8, so that the corners of the rectangle are among the outer points

/**
 * The solid of a blank: `place(u, v, offset)` says where a point of the sheet lies in space, `offset` being its signed
 * distance from the middle plane. The top side (positive offset) keeps the blank's counter-clockwise order.
 */
export function sheet(
  blank: Blank,
  thickness: number,
  place: (u: number, v: number, offset: number) => Vector,
): MeshBuilder {
  const into = new MeshBuilder();
  const seen = new Map<string, Pair>();
  const vertices = (point: Point): Pair => {
    const key = `${point[0].toFixed(6)} ${point[1].toFixed(6)}`;
    const known = seen.get(key);
    if (known) return known;
    const made = [thickness / 2, -thickness / 2].map((offset) => into.vertex(place(point[0], point[1], offset)));
    seen.set(key, made as unknown as Pair);
    return made as unknown as Pair;
  };
  const rims = new Map<string, readonly [number, number, number, number]>();
  for (const corners of blank.triangles) {
    const [a, b, c] = corners.map(vertices) as unknown as readonly [Pair, Pair, Pair];
    into.triangle(a[0]!, b[0]!, c[0]!);
    into.triangle(c[1]!, b[1]!, a[1]!);
    for (const [from, to] of [
      [a, b],
      [b, c],
      [c, a],
    ] as const) {
      // An edge that comes back in the other direction lies between two triangles; one that does not is a rim.
      if (!rims.delete(`${to[0]} ${from[0]}`)) rims.set(`${from[0]} ${to[0]}`, [from[1]!, to[1]!, to[0]!, from[0]!]);
    }
  }
  for (const rim of rims.values()) into.quad(...rim);
  return into;
}
