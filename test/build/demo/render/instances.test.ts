import { describe, expect, test } from 'vitest';
import { makeCamera } from '../../../../build/demo/render/camera.ts';
import type { Solid } from '../../../../build/demo/render/geometry.ts';
import { loft, type Ring } from '../../../../build/demo/render/loft.ts';
import { drawFinish } from '../../../../build/demo/render/materials.ts';
import type { PartLabel } from '../../../../build/demo/render/parts.ts';
import { look } from '../../../../build/demo/render/scene.ts';
import { IDENTITY } from '../../../../build/demo/render/vector.ts';
import { rngFrom } from '../../../../native-models/core/rng.ts';

const SIDE_PX = 100;
/** Straight down from so far away that one frame unit is the picture's side at any height. */
const camera = makeCamera({ tiltRad: 0, azimuthRad: -Math.PI / 2, fieldOfViewRad: 0.01 }, 2 * SIDE_PX, 2 * SIDE_PX);

/** A square plate of side 0.4 in the plane, its middle at (x, y). */
function plate(label: PartLabel | null, x: number, y: number, z: number): Solid {
  const square = (height: number): Ring => [
    [-0.2, -0.2, height],
    [0.2, -0.2, height],
    [0.2, 0.2, height],
    [-0.2, 0.2, height],
  ];
  const mesh = loft([square(0), square(0.002)], 'capped').build();
  return { label, mesh, finish: drawFinish(rngFrom(0)), rotation: IDENTITY, position: [x, y, z], size: 1 };
}

const truth = (solids: readonly Solid[]) =>
  look(solids, camera).instances.map(
    (instance) =>
      instance && {
        label: instance.label,
        xyxy: instance.xyxy,
        areaPx: instance.areaPx,
        occludedFraction01: instance.occludedFraction01,
      },
  );

describe('instances', () => {
  test('a plate over half of another hides half of it', () => {
    const found = truth([plate('nut', 0, 0, 0), plate('gear', 0.2, 0, 0.01)]);

    expect(found).toEqual([
      { label: 'nut', xyxy: [30, 30, 50, 70], areaPx: 800, occludedFraction01: 0.5 },
      { label: 'gear', xyxy: [50, 30, 90, 70], areaPx: 1600, occludedFraction01: 0 },
    ]);
  });

  test('a scrap hides a part and is no instance itself', () => {
    const found = truth([plate('nut', 0, 0, 0), plate(null, 0.3, 0.1, 0.01)]);

    // The scrap covers 10 columns and 30 rows of the plate's corner, at the top of the picture.
    expect(found).toEqual([
      { label: 'nut', xyxy: [30, 30, 70, 70], areaPx: 1300, occludedFraction01: 1 - 1300 / 1600 },
      null,
    ]);
  });

  test('what the edge of the picture cuts off does not count as hidden', () => {
    expect(truth([plate('washer', 0.5, 0, 0)])).toEqual([
      { label: 'washer', xyxy: [80, 30, 100, 70], areaPx: 800, occludedFraction01: 0 },
    ]);
  });

  test('a part that does not show at all is no instance', () => {
    expect(truth([plate('nut', 0, 0, 0), plate('gear', 0, 0, 0.01)])[0]).toBeNull();
    expect(truth([plate('nut', 3, 0, 0)])).toEqual([null]);
  });
});
