/** The six kinds of part: how each is built and how it comes to lie on a bench. */

import type { Rng } from '../../../native-models/core/rng.ts';
import { between, chance } from './draw.ts';
import { type Mesh, toUnitSize } from './mesh.ts';
import { buildBolt } from './parts/bolt.ts';
import { buildBracket } from './parts/bracket.ts';
import { buildGear } from './parts/gear.ts';
import { buildNut } from './parts/nut.ts';
import { buildSpring } from './parts/spring.ts';
import { buildWasher } from './parts/washer.ts';
import { compose, IDENTITY, type Rotation, rotationAbout } from './vector.ts';

export const PART_LABELS = ['bolt', 'bracket', 'gear', 'nut', 'spring', 'washer'] as const;
export type PartLabel = (typeof PART_LABELS)[number];

interface PartKind {
  readonly build: (rng: Rng) => Mesh;
  /** A pose in which the part stays when it is put down on a flat surface, before it is turned in the plane. */
  readonly rest: (rng: Rng) => Rotation;
}

const turned = (axis: 'x' | 'y' | 'z', angleRad: number): Rotation =>
  rotationAbout(axis === 'x' ? [1, 0, 0] : axis === 'y' ? [0, 1, 0] : [0, 0, 1], angleRad);

/** The axis horizontal, rolled to any angle about it. */
const lying = (rng: Rng): Rotation => compose(turned('x', Math.PI / 2), turned('z', between(rng, 0, 2 * Math.PI)));

/** Either face down. */
const flat = (rng: Rng): Rotation => (chance(rng, 0.5) ? IDENTITY : turned('x', Math.PI));

/** A nut mostly lies flat and sometimes stands on one of its six sides. */
const flatOrOnSide = (rng: Rng): Rotation =>
  chance(rng, 0.97) ? flat(rng) : compose(turned('x', Math.PI / 2), turned('z', Math.PI / 6));

/** On either leg, or on either edge of both legs. */
function bracketRest(rng: Rng): Rotation {
  const draw = rng.uniform();
  if (draw < 0.4) return IDENTITY;
  if (draw < 0.8) return turned('y', Math.PI / 2);
  return turned('x', chance(rng, 0.5) ? Math.PI / 2 : -Math.PI / 2);
}

const KINDS: { readonly [L in PartLabel]: PartKind } = {
  bolt: { build: buildBolt, rest: lying },
  bracket: { build: buildBracket, rest: bracketRest },
  gear: { build: buildGear, rest: flat },
  nut: { build: buildNut, rest: flatOrOnSide },
  spring: { build: buildSpring, rest: lying },
  washer: { build: buildWasher, rest: flat },
};

/** A part of random proportions, centred, in a bounding sphere of diameter 1, and a pose it can rest in. */
export function drawPart(label: PartLabel, rng: Rng): { readonly mesh: Mesh; readonly rest: Rotation } {
  const { build, rest } = KINDS[label];
  return { mesh: toUnitSize(build(rng)), rest: rest(rng) };
}
