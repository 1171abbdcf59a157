import { describe, expect, test } from 'vitest';
import type { Instance } from '../../../../build/demo/render/instances.ts';
import { PART_LABELS } from '../../../../build/demo/render/parts.ts';
import { renderScene, type Scene } from '../../../../build/demo/render/scene.ts';
import { rngFrom } from '../../../../native-models/core/rng.ts';

const single = (seed: number, k: number): Scene =>
  renderScene(rngFrom(seed, 'demo', k), { kind: 'single', label: PART_LABELS[k % 6]!, widthPx: 64, heightPx: 64 });
const bench = (seed: number): Scene =>
  renderScene(rngFrom(seed, 'demo', 0), { kind: 'bench', widthPx: 128, heightPx: 96 });

const scenes = { single: PART_LABELS.map((_, k) => single(7, k)), bench: [1, 2, 3, 4].map(bench) };
const everyScene = [...scenes.single, ...scenes.bench];

/** The box of a mask, found the slow way. */
function boxOf({ mask }: Instance, width: number): number[] {
  const ones = [...mask.keys()].filter((i) => mask[i] === 1);
  const xs = ones.map((i) => i % width);
  const ys = ones.map((i) => Math.floor(i / width));
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
}

describe('scene', () => {
  test('equal streams give equal bytes, another seed gives others', () => {
    const pixels = (seed: number) => Buffer.from(single(seed, 2).pixels);

    expect(pixels(7).equals(Buffer.from(scenes.single[2]!.pixels))).toBe(true);
    expect(pixels(8).equals(Buffer.from(scenes.single[2]!.pixels))).toBe(false);
  });

  test('boxes are tight round the visible masks, and areas count them', () => {
    for (const { instances, width } of everyScene) {
      for (const instance of instances) {
        expect(instance.xyxy).toEqual(boxOf(instance, width));
        expect(instance.areaPx).toBe(instance.mask.filter((bit) => bit === 1).length);
      }
    }
  });

  test('no pixel belongs to two parts', () => {
    for (const { instances, width, height } of everyScene) {
      const owners = new Uint8Array(width * height);
      for (const { mask } of instances) {
        for (let i = 0; i < mask.length; i++) owners[i]! += mask[i]!;
      }
      expect(Math.max(...owners)).toBe(1);
    }
  });

  test('a single scene is about its label: first, little hidden, larger than every other part', () => {
    scenes.single.forEach(({ instances: [main, ...others] }, k) => {
      expect(main!.label).toBe(PART_LABELS[k]);
      expect(main!.occludedFraction01).toBeLessThanOrEqual(0.25);
      for (const other of others) expect(other.areaPx).toBeLessThan(main!.areaPx);
    });
  });

  test('a bench has three to twelve parts, none hidden by more than three quarters', () => {
    for (const { instances } of scenes.bench) {
      expect(instances.length).toBeGreaterThanOrEqual(3);
      expect(instances.length).toBeLessThanOrEqual(12);
      for (const { occludedFraction01 } of instances) expect(occludedFraction01).toBeLessThan(0.75);
    }
  });

  test('pictures are neither black nor blown out', () => {
    for (const { pixels } of everyScene) {
      const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
      const clipped = pixels.filter((value) => value === 255).length / pixels.length;
      expect(mean).toBeGreaterThan(40);
      expect(mean).toBeLessThan(215);
      expect(clipped).toBeLessThan(0.2);
    }
  });
});
