/** Objects of one image put on another. Units: image pixels. */

import type { Size } from '../../../native-models/geometry/box.ts';
import { shapeXyxy } from '../../../native-models/geometry/shape.ts';
import { flagsOf } from '../../../preload/contract/annotation-flags.ts';
import type { Change, NewAnnotation } from '../../../preload/contract/labelling.ts';
import { moved } from './reshape.ts';

/** Of those that lie inside an image of that size; of bitmaps those that are made for it. Moved by so many pixels. */
export function copies(objects: readonly NewAnnotation[], by: number, size: Size): Change[] {
  return objects.flatMap((object): Change[] => {
    const [x0, y0, x1, y1] = shapeXyxy(object.shape);
    const isInside = x0 >= 0 && y0 >= 0 && x1 <= size.width && y1 <= size.height;
    const isSameSize =
      object.shape.kind !== 'mask' ||
      (object.shape.mask.width === size.width && object.shape.mask.height === size.height);
    const { class_name } = object;
    const shape = moved(object.shape, by, by, size);
    return isInside && isSameSize ? [{ type: 'add', annotation: { class_name, shape, ...flagsOf(object) } }] : [];
  });
}
