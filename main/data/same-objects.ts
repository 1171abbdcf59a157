/** Whether two lists of objects say the same of a picture, in whatever order. */

import { ringsOf } from '../../native-models/geometry/polygon.ts';
import type { Shape } from '../../native-models/geometry/shape.ts';
import type { NewAnnotation } from '../store/annotations.ts';

/** What counts of an object; not which track it is of. */
type Seen = Omit<NewAnnotation, 'track'>;

/** A copy in a format of six decimals is the same data set. Units: image pixels. */
const TOLERANCE_PX = 0.01;

export function haveSameObjects(a: readonly Seen[], b: readonly Seen[]): boolean {
  if (a.length !== b.length) return false;
  const left = [...b];
  return a.every((object) => {
    const at = left.findIndex((other) => isSame(object, other));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function isSame(a: Seen, b: Seen): boolean {
  if (a.class_name !== b.class_name || a.is_crowd !== b.is_crowd || a.shape.kind !== b.shape.kind) return false;
  const [x, y] = [numbersOf(a.shape), numbersOf(b.shape)];
  return x.length === y.length && x.every((value, i) => Math.abs(value - y[i]!) <= TOLERANCE_PX);
}

/** Every coordinate or run length, with the lengths of rings between. */
function numbersOf(shape: Shape): readonly number[] {
  switch (shape.kind) {
    case 'box':
      return shape.xyxy;
    case 'polygon':
      return ringsOf(shape.polygon).flatMap((ring) => [ring.length, ...ring]);
    case 'mask':
      return shape.mask.counts;
  }
}
