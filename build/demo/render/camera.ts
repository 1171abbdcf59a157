/** A pinhole camera over the bench, and the projection of vertices into its samples. */

import { add, cross, dot, normalise, scale, subtract, type Vector } from './vector.ts';

export interface Camera {
  readonly position: Vector;
  readonly right: Vector;
  readonly down: Vector;
  readonly forward: Vector;
  /** Focal length in samples. */
  readonly focal: number;
  readonly width: number;
  readonly height: number;
}

/** How the camera is held: `tiltRad` away from straight down, towards `azimuthRad`, with a vertical field of view. */
export interface Viewpoint {
  readonly tiltRad: number;
  readonly azimuthRad: number;
  readonly fieldOfViewRad: number;
}

/** A camera that looks at the origin, and sees one unit of the bench along the shorter side of a width x height picture. */
export function makeCamera({ tiltRad, azimuthRad, fieldOfViewRad }: Viewpoint, width: number, height: number): Camera {
  const halfTangent = Math.tan(fieldOfViewRad / 2);
  const away: Vector = [
    Math.sin(tiltRad) * Math.cos(azimuthRad),
    Math.sin(tiltRad) * Math.sin(azimuthRad),
    Math.cos(tiltRad),
  ];
  const forward = scale(away, -1);
  const sideways: Vector = [-Math.sin(azimuthRad), Math.cos(azimuthRad), 0];
  const right = normalise(sideways);
  const down = cross(forward, right);
  const focal = Math.min(width, height) / 2 / halfTangent;
  return { position: scale(away, 0.5 / halfTangent), right, down, forward, focal, width, height };
}

/** Vertices in samples, with one over the depth as nearness, which is linear over the screen. Shapes: [n,3] -> [n,3]. */
export function project(camera: Camera, positions: Float32Array): Float32Array {
  const { right, down, forward, position, focal, width, height } = camera;
  const screen = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i]! - position[0];
    const y = positions[i + 1]! - position[1];
    const z = positions[i + 2]! - position[2];
    const nearness = 1 / (x * forward[0] + y * forward[1] + z * forward[2]);
    screen[i] = width / 2 + focal * nearness * (x * right[0] + y * right[1] + z * right[2]);
    screen[i + 1] = height / 2 + focal * nearness * (x * down[0] + y * down[1] + z * down[2]);
    screen[i + 2] = nearness;
  }
  return screen;
}

/** Where the ray through the middle of the picture's point (x, y), in samples, meets the bench. */
export function onBench(camera: Camera, x: number, y: number): Vector {
  const { right, down, forward, focal, width, height, position } = camera;
  const sideways = add(scale(right, (x - width / 2) / focal), scale(down, (y - height / 2) / focal));
  const ray = add(forward, sideways);
  return subtract(position, scale(ray, dot(position, [0, 0, 1]) / ray[2]));
}
