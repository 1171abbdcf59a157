/** Points of a cube seen from somewhere, without perspective. Lengths are in half sides of the cube. */

export interface View {
  readonly yawRad: number;
  readonly pitchRad: number;
}

export type Point3 = readonly [x: number, y: number, z: number];

export const FIRST_VIEW: View = { yawRad: -0.6, pitchRad: 0.4 };

const STEEPEST_RAD = Math.PI / 2;

/** Turned, and never over the top. */
export function turned({ yawRad, pitchRad }: View, byYawRad: number, byPitchRad: number): View {
  return {
    yawRad: yawRad + byYawRad,
    pitchRad: Math.max(-STEEPEST_RAD, Math.min(STEEPEST_RAD, pitchRad + byPitchRad)),
  };
}

/** Where a point of [-1, 1]^3 is seen: to the right, up, and towards whoever looks. */
export function seen([x, y, z]: Point3, { yawRad, pitchRad }: View): Point3 {
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [
    Math.sin(yawRad),
    Math.cos(yawRad),
    Math.sin(pitchRad),
    Math.cos(pitchRad),
  ];
  const [right, back] = [cosYaw * x + sinYaw * z, cosYaw * z - sinYaw * x];
  return [right, cosPitch * y + sinPitch * back, cosPitch * -back + sinPitch * y];
}
