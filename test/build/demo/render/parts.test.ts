import { describe, expect, test } from 'vitest';
import type { Mesh } from '../../../../build/demo/render/mesh.ts';
import { drawPart, PART_LABELS } from '../../../../build/demo/render/parts.ts';
import { rngFrom } from '../../../../native-models/core/rng.ts';

type Corner = readonly [number, number, number];

const corner = ({ positions, triangles }: Mesh, k: number): Corner => {
  const at = 3 * triangles[k]!;
  return [positions[at]!, positions[at + 1]!, positions[at + 2]!];
};

/** Six times the volume that the faces enclose when they look outwards. Source: divergence theorem. */
function enclosed(mesh: Mesh): number {
  let sum = 0;
  for (let k = 0; k < mesh.triangles.length; k += 3) {
    const [a, b, c] = [corner(mesh, k), corner(mesh, k + 1), corner(mesh, k + 2)];
    sum += a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  }
  return sum;
}

/** Directed edges that no face comes back along. */
function openEdges({ triangles }: Mesh): number {
  const edges = new Map<string, number>();
  for (let k = 0; k < triangles.length; k++) {
    const [a, b] = [triangles[k]!, triangles[k % 3 === 2 ? k - 2 : k + 1]!];
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    edges.set(key, (edges.get(key) ?? 0) + (a < b ? 1 : -1));
  }
  return [...edges.values()].filter((balance) => balance !== 0).length;
}

describe.each(PART_LABELS)('%s', (label) => {
  const meshes = Array.from({ length: 30 }, (_, k) => drawPart(label, rngFrom(k, label)).mesh);

  test('is a closed solid whose faces look outwards', () => {
    for (const mesh of meshes) {
      expect(openEdges(mesh)).toBe(0);
      expect(enclosed(mesh)).toBeGreaterThan(0);
    }
  });

  test('fills a sphere of diameter 1 about the origin', () => {
    for (const { positions } of meshes) {
      const radii = Array.from({ length: positions.length / 3 }, (_, v) =>
        Math.hypot(positions[3 * v]!, positions[3 * v + 1]!, positions[3 * v + 2]!),
      );
      expect(Math.max(...radii)).toBeCloseTo(0.5, 5);
    }
  });

  test('comes in many proportions', () => {
    expect(new Set(meshes.map((mesh) => enclosed(mesh).toFixed(6))).size).toBe(meshes.length);
  });
});
