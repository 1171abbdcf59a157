/** What an object of an image is drawn as: a box, a polygon of several parts with holes, or a bitmap. In image pixels. */

import { boxArea, type Size, type Xyxy } from './box.ts';
import { type Mask, maskArea, maskXyxy } from './mask.ts';
import { type Polygon, polygonArea, polygonXyxy } from './polygon.ts';
import { maskFromBox, maskFromPolygon } from './rasterise.ts';

export type Shape =
  | { readonly kind: 'box'; readonly xyxy: Xyxy }
  | { readonly kind: 'polygon'; readonly polygon: Polygon }
  /** Of the size of its image. */
  | { readonly kind: 'mask'; readonly mask: Mask };

export type ShapeKind = Shape['kind'];

/** The smallest box round a shape. */
export function shapeXyxy(shape: Shape): Xyxy {
  switch (shape.kind) {
    case 'box':
      return shape.xyxy;
    case 'polygon':
      return polygonXyxy(shape.polygon);
    case 'mask':
      return maskXyxy(shape.mask);
  }
}

/** Units: square pixels; of a polygon what its outlines enclose, of a bitmap the number of its ones. */
export function shapeArea(shape: Shape): number {
  switch (shape.kind) {
    case 'box':
      return boxArea(shape.xyxy);
    case 'polygon':
      return polygonArea(shape.polygon);
    case 'mask':
      return maskArea(shape.mask);
  }
}

/** The pixels of a shape, drawn as COCO draws them. */
export function shapeMask(shape: Shape, size: Size): Mask {
  switch (shape.kind) {
    case 'box':
      return maskFromBox(shape.xyxy, size);
    case 'polygon':
      return maskFromPolygon(shape.polygon, size);
    case 'mask':
      return shape.mask;
  }
}
