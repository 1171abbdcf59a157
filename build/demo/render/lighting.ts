/**
 * The light of a workshop: one key light (a window or a lamp) with soft edges, a few weaker windows, and a room that is
 * brighter above than at the sides. Metal shows little but its surroundings, so the room matters more than the key.
 */

import type { Rng } from '../../../native-models/core/rng.ts';
import { between, chance, integerBetween } from './draw.ts';
import type { Rgb } from './materials.ts';
import { add, frameAround, normalise, scale, type Vector } from './vector.ts';

/** A patch of brightness in the sky of the room. */
interface Glow {
  readonly towards: Vector;
  readonly colour: Rgb;
  /** Angular radius in radians. */
  readonly radius: number;
}

export interface Lighting {
  /** Directions spread over the key light's disc, each with the same share of its light. */
  readonly key: readonly Vector[];
  readonly keyColour: Rgb;
  /** Directions spread evenly over the upper half of the room. */
  readonly dome: readonly Vector[];
  readonly glows: readonly Glow[];
  readonly ceiling: Rgb;
  readonly walls: Rgb;
  /** Two waves over the directions: the room is not evenly bright, which metal shows. */
  readonly furnishing: readonly [Vector, Vector];
  /** A wide shadow over part of the bench, such as a person's: none where null. */
  readonly shade: {
    readonly x: number;
    readonly y: number;
    readonly edge: number;
    readonly softness: number;
    readonly depth01: number;
  } | null;
}

/** Number of key and of dome directions: multiples of the four samples of a pixel, which share them out. */
const KEY_DIRECTIONS = 8;
const DOME_DIRECTIONS = 8;
const GOLDEN_ANGLE_RAD = Math.PI * (3 - Math.sqrt(5));

/** A random light. */
export function drawLighting(rng: Rng): Lighting {
  const warmth = between(rng, -0.18, 0.18);
  const keyTowards = fromAngles(between(rng, 0, 2 * Math.PI), between(rng, 0.25, 1.05));
  const keyStrength = between(rng, 0.6, 3.4);
  const keyColour = tinted(keyStrength, warmth);
  const ambient = between(rng, 0.45, 0.95);
  const roomWarmth = warmth * between(rng, -0.6, 0.8);
  const shadeAngle = between(rng, 0, 2 * Math.PI);
  return {
    key: disc(keyTowards, between(rng, 0.03, 0.22), between(rng, 0, 2 * Math.PI)),
    keyColour,
    dome: hemisphere(between(rng, 0, 2 * Math.PI)),
    glows: [
      { towards: keyTowards, colour: tinted(3 + 2.5 * keyStrength, warmth), radius: between(rng, 0.12, 0.4) },
      ...windows(rng, roomWarmth),
    ],
    ceiling: tinted(ambient * between(rng, 0.6, 1.1), roomWarmth),
    walls: tinted(ambient * between(rng, 0.2, 0.6), roomWarmth),
    furnishing: [
      scale(fromAngles(between(rng, 0, 2 * Math.PI), between(rng, 0.6, 1.5)), 4.5),
      scale(fromAngles(between(rng, 0, 2 * Math.PI), between(rng, 0.3, 1.5)), 8),
    ],
    shade: chance(rng, 0.4)
      ? {
          x: Math.cos(shadeAngle),
          y: Math.sin(shadeAngle),
          edge: between(rng, -0.35, 0.35),
          softness: between(rng, 0.02, 0.3),
          depth01: between(rng, 0.4, 0.95),
        }
      : null,
  };
}

/** One to three weaker windows or lamps. */
function windows(rng: Rng, warmth: number): Glow[] {
  return Array.from({ length: integerBetween(rng, 1, 3) }, () => ({
    towards: fromAngles(between(rng, 0, 2 * Math.PI), between(rng, 0.1, 1.35)),
    colour: tinted(between(rng, 0.8, 3.5), warmth + between(rng, -0.1, 0.1)),
    radius: between(rng, 0.12, 0.5),
  }));
}

/** Light that arrives from a direction, blurred for a surface of the given roughness; below the horizon the bench shows. */
export function radiance(
  lighting: Lighting,
  x: number,
  y: number,
  z: number,
  roughness01: number,
  bench: Rgb,
  out: Float64Array,
): void {
  const up = Math.min(1, Math.max(0, (z + 0.1 + roughness01 * 0.3) / (0.9 + roughness01 * 0.3)));
  const [a, b] = lighting.furnishing;
  const structure =
    1 + 0.32 * Math.sin(a[0] * x + a[1] * y + a[2] * z) + 0.26 * Math.sin(b[0] * x + b[1] * y + b[2] * z + 1);
  const room = 1 + (structure - 1) * (1 - 0.7 * roughness01);
  const below = Math.min(1, Math.max(0, (-z + 0.12 * roughness01) / (0.1 + 0.5 * roughness01)));
  for (let c = 0; c < 3; c++) {
    const level = (lighting.walls[c]! + (lighting.ceiling[c]! - lighting.walls[c]!) * up) * room;
    out[c] = level + (bench[c]! - level) * below;
  }
  const polish = 1 - roughness01;
  const sharpness = 1 + 2.5 * polish * polish * polish; // a window has an edge, which a rough surface washes out
  for (const { towards, colour, radius } of lighting.glows) {
    const widened = radius * radius + 0.5 * roughness01 * roughness01;
    const distance = (2 * (1 - (x * towards[0] + y * towards[1] + z * towards[2]))) / widened;
    if (distance > 6) continue;
    const strength = ((radius * radius) / widened) * Math.exp(-(distance ** sharpness));
    for (let c = 0; c < 3; c++) out[c]! += strength * colour[c]!;
  }
}

const tinted = (strength: number, warmth: number): Rgb => [strength * (1 + warmth), strength, strength * (1 - warmth)];

function fromAngles(azimuthRad: number, fromZenithRad: number): Vector {
  const reach = Math.sin(fromZenithRad);
  return [reach * Math.cos(azimuthRad), reach * Math.sin(azimuthRad), Math.cos(fromZenithRad)];
}

/** Directions over a disc round `towards`. Source: Vogel 1979, the sunflower. */
function disc(towards: Vector, radiusRad: number, turnRad: number): Vector[] {
  const [u, v] = frameAround(towards);
  return Array.from({ length: KEY_DIRECTIONS }, (_, i) => {
    const angle = turnRad + i * GOLDEN_ANGLE_RAD;
    const reach = radiusRad * Math.sqrt((i + 0.5) / KEY_DIRECTIONS);
    const sideways = add(scale(u, Math.cos(angle) * reach), scale(v, Math.sin(angle) * reach));
    return normalise(add(towards, sideways));
  });
}

/** Directions over the half sphere, equal areas each. */
function hemisphere(turnRad: number): Vector[] {
  return Array.from({ length: DOME_DIRECTIONS }, (_, i) => {
    const z = (i + 0.5) / DOME_DIRECTIONS;
    return fromAngles(turnRad + i * GOLDEN_ANGLE_RAD, Math.acos(z));
  });
}
