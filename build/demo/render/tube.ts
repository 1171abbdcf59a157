/** Wire: a round tube swept along a path. */

import { loft, type Ring } from './loft.ts';
import type { MeshBuilder } from './mesh.ts';
import { add, cross, dot, frameAround, normalise, scale, subtract, type Vector } from './vector.ts';

/** A tube with closed ends along a path of at least two points; `radius` may vary along it. */
export function tube(
  path: readonly Vector[],
  radius: (index: number) => number,
  sides: number,
  into?: MeshBuilder,
): MeshBuilder {
  let direction = tangent(path, 0);
  let [u] = frameAround(direction);
  const rings: Ring[] = path.map((point, i) => {
    direction = tangent(path, i);
    u = normalise(subtract(u, scale(direction, dot(u, direction)))); // carried along the path, so the tube does not twist
    const v = cross(direction, u);
    return Array.from({ length: sides }, (_, k) => {
      const angle = (2 * Math.PI * k) / sides;
      const reach = add(scale(u, Math.cos(angle)), scale(v, Math.sin(angle)));
      return add(point, scale(reach, radius(i)));
    });
  });
  return loft(rings, 'capped', into);
}

function tangent(path: readonly Vector[], i: number): Vector {
  return normalise(subtract(path[Math.min(i + 1, path.length - 1)]!, path[Math.max(i - 1, 0)]!));
}
