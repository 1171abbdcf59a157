import { describe, expect, test } from 'vitest';
import { turnInto } from '../../../../build/demo/render/geometry.ts';
import { drawFinish } from '../../../../build/demo/render/materials.ts';
import { drawPart, PART_LABELS } from '../../../../build/demo/render/parts.ts';
import { Pile, settle } from '../../../../build/demo/render/settle.ts';
import { IDENTITY } from '../../../../build/demo/render/vector.ts';
import { rngFrom } from '../../../../native-models/core/rng.ts';

type Settled = ReturnType<typeof settle>;

function heights(mesh: { readonly positions: Float32Array }, { rotation, size, position }: Settled): number[] {
  const world = new Float32Array(mesh.positions.length);
  turnInto(world, 0, mesh.positions, rotation, size, position);
  return [...world].filter((_, i) => i % 3 === 2);
}

describe('settle', () => {
  test.each(PART_LABELS)('a %s comes to rest on the bench: it touches and does not sink in', (label) => {
    for (let seed = 0; seed < 5; seed++) {
      const { mesh, rest } = drawPart(label, rngFrom(seed, label));

      const settled = settle(new Pile(), mesh, { x: 0, y: 0, size: 0.5, rotation: rest });

      expect(Math.min(...heights(mesh, settled))).toBeCloseTo(0, 5);
    }
  });

  test('a washer laid half over another leans on it and pierces nothing', () => {
    const { mesh } = drawPart('washer', rngFrom(1));
    const put = { x: 0, y: 0, size: 0.5, rotation: IDENTITY };
    const lower = settle(new Pile(), mesh, put);
    const pile = new Pile();
    pile.add({ label: 'washer', mesh, finish: drawFinish(rngFrom(0)), ...lower });

    const upper = settle(pile, mesh, { ...put, x: 0.25 });

    const [least, most] = [Math.min(...heights(mesh, upper)), Math.max(...heights(mesh, upper))];
    const thickness = Math.max(...heights(mesh, lower));
    expect(least).toBeGreaterThanOrEqual(-1e-6);
    expect(most).toBeGreaterThan(thickness);
    expect(upper.rotation[2][2]).toBeLessThan(0.9999);
  });
});
