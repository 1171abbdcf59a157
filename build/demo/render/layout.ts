/** What lies where: one large part with clutter round it, or a bench with many. */

import type { Rng } from '../../../native-models/core/rng.ts';
import { type Camera, onBench } from './camera.ts';
import { between, chance, integerBetween, oneOf } from './draw.ts';
import type { Solid } from './geometry.ts';
import { drawFinish, drawFinishAgainst, type Rgb } from './materials.ts';
import { drawPart, PART_LABELS, type PartLabel } from './parts.ts';
import { drawScrap } from './scraps.ts';
import { Pile, settle, yaw } from './settle.ts';
import { compose, type Rotation } from './vector.ts';

/** A place in the picture: fractions of its width and height from the top-left corner. */
interface Place {
  readonly x01: number;
  readonly y01: number;
}

const SUBJECT_TURN_RAD = 0.8; // how far the subject of a picture lies askew
const CLUTTER_CHANCE = 0.25; // of another part under the main one, and of one over it

/**
 * One large part of the given kind near the middle, some clutter under and over it. It is the first of the solids.
 * Its finish stands out from `backdrop`, the colour of the bench, as a photographer would see to.
 */
export function layOutSingle(rng: Rng, camera: Camera, label: PartLabel, backdrop: Rgb): Solid[] {
  const bench = new Bench(rng, camera);
  const clutter = (most: number) => {
    for (let k = integerBetween(rng, 0, most); k > 0; k--) bench.putScrap(anywhere(rng));
    if (chance(rng, CLUTTER_CHANCE)) {
      bench.putPart(oneOf(rng, PART_LABELS), aside(rng, 0.4, 0.6), between(rng, 0.18, 0.36));
    }
  };
  clutter(1);
  const main = bench.putPart(label, aside(rng, 0, 0.05), between(rng, 0.62, 0.88), backdrop);
  clutter(1);
  return [main, ...bench.solids.filter((solid) => solid !== main)];
}

/** Between `fewest` and `most` parts of random kinds over the whole picture, overlapping, with scraps between them. */
export function layOutBench(rng: Rng, camera: Camera, fewest: number, most: number): Solid[] {
  const bench = new Bench(rng, camera);
  const parts = integerBetween(rng, fewest, most);
  const scraps = integerBetween(rng, 1, 7);
  const typicalSize = between(rng, 0.24, 0.42) * Math.min(1, Math.sqrt(8 / parts));
  for (let k = Math.ceil(scraps / 2); k > 0; k--) bench.putScrap(anywhere(rng));
  for (let k = parts; k > 0; k--)
    bench.putPart(oneOf(rng, PART_LABELS), roomiest(rng, bench), typicalSize * between(rng, 0.65, 1.45));
  for (let k = Math.floor(scraps / 2); k > 0; k--) bench.putScrap(anywhere(rng));
  return bench.solids;
}

/** The bench while it fills up. */
class Bench {
  readonly solids: Solid[] = [];
  readonly places: Place[] = [];
  private readonly pile = new Pile();
  private readonly rng: Rng;
  private readonly camera: Camera;

  constructor(rng: Rng, camera: Camera) {
    this.rng = rng;
    this.camera = camera;
  }

  /** Puts a part down, turned any way. As a subject before a backdrop it lies roughly straight and stands out from it. */
  putPart(label: PartLabel, place: Place, size: number, backdrop?: Rgb): Solid {
    const { mesh, rest } = drawPart(label, this.rng);
    const [x, y] = this.at(place);
    const spread = backdrop ? SUBJECT_TURN_RAD : Math.PI;
    const rotation = compose(this.facing(between(this.rng, -spread, spread)), rest);
    const pose = settle(this.pile, mesh, { x, y, size, rotation });
    this.places.push(place);
    const finish = backdrop ? drawFinishAgainst(this.rng, backdrop) : drawFinish(this.rng);
    return this.keep({ label, mesh, finish, ...pose });
  }

  putScrap(place: Place): void {
    const [x, y] = this.at(place);
    const { mesh, finish, isRigid } = drawScrap(this.rng, (px, py) => this.pile.heightAt(px, py), x, y);
    const rotation = yaw(isRigid ? between(this.rng, 0, 2 * Math.PI) : 0);
    const pose = isRigid
      ? settle(this.pile, mesh, { x, y, size: 1, rotation })
      : { rotation, size: 1, position: [x, y, 0] as const };
    this.keep({ label: null, mesh, finish, ...pose });
  }

  /** A turn in the plane of the bench, counted from the picture's own right. */
  private facing(turnRad: number): Rotation {
    const { right } = this.camera;
    return yaw(Math.atan2(right[1], right[0]) + turnRad);
  }

  private at({ x01, y01 }: Place): readonly [x: number, y: number] {
    const [x, y] = onBench(this.camera, x01 * this.camera.width, y01 * this.camera.height);
    return [x, y];
  }

  private keep(solid: Solid): Solid {
    this.solids.push(solid);
    this.pile.add(solid);
    return solid;
  }
}

const anywhere = (rng: Rng): Place => ({ x01: between(rng, -0.05, 1.05), y01: between(rng, -0.05, 1.05) });

/** A place at a distance from the middle, as a fraction of the picture's side. */
function aside(rng: Rng, nearest: number, farthest: number): Place {
  const angle = between(rng, 0, 2 * Math.PI);
  const distance = between(rng, nearest, farthest);
  return { x01: 0.5 + distance * Math.cos(angle), y01: 0.5 + distance * Math.sin(angle) };
}

/** The best of three places: parts overlap by chance, but do not pile up in one spot. */
function roomiest(rng: Rng, bench: Bench): Place {
  const room = (place: Place) =>
    Math.min(1, ...bench.places.map((taken) => Math.hypot(taken.x01 - place.x01, taken.y01 - place.y01)));
  const draw = (): Place => ({ x01: between(rng, 0.06, 0.94), y01: between(rng, 0.06, 0.94) });
  return [draw(), draw(), draw()].reduce((best, place) => (room(place) > room(best) ? place : best));
}
