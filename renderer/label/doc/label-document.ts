/** The objects of one image as the engine told them last, with an index that finds them by place. Never changed itself. */

import Flatbush from 'flatbush';
import { boxArea, type Size, type Xyxy } from '../../../native-models/geometry/box.ts';
import { shapeXyxy } from '../../../native-models/geometry/shape.ts';
import type { Annotation, ImageChange, ImageDocument } from '../../../preload/contract/labelling.ts';
import { isOnShape } from './hit.ts';

export class LabelDocument {
  readonly told: ImageDocument;
  readonly size: Size;
  private readonly byId: ReadonlyMap<number, Annotation>;
  /** Made when somebody asks for a place. */
  private index: { readonly boxes: readonly Xyxy[]; readonly tree: Flatbush } | null = null;

  constructor(told: ImageDocument) {
    this.told = told;
    this.size = { width: told.width_px, height: told.height_px };
    this.byId = new Map(told.annotations.map((annotation) => [annotation.id, annotation]));
  }

  get annotations(): readonly Annotation[] {
    return this.told.annotations;
  }

  get(id: number): Annotation | undefined {
    return this.byId.get(id);
  }

  /** The document after a change; objects that it did not touch stay the same objects. */
  with({ put, gone, ...facts }: ImageChange): LabelDocument {
    const byId = new Map(this.byId);
    for (const id of gone) byId.delete(id);
    const isNew = put.some(({ id }) => !byId.has(id));
    for (const annotation of put) byId.set(annotation.id, annotation);
    const all = [...byId.values()];
    const annotations = isNew ? all.sort((a, b) => a.id - b.id) : all;
    return new LabelDocument({ ...this.told, ...facts, annotations });
  }

  /** With some of its objects. */
  only(keep: (annotation: Annotation) => boolean): LabelDocument {
    return new LabelDocument({ ...this.told, annotations: this.annotations.filter(keep) });
  }

  /** Those whose boxes touch this one, in order. Units: image pixels. */
  within([x0, y0, x1, y1]: Xyxy): Annotation[] {
    if (this.annotations.length === 0) return [];
    const found = this.indexed()
      .tree.search(x0, y0, x1, y1)
      .sort((a, b) => a - b);
    return found.map((at) => this.annotations[at]!);
  }

  /** Those under a point, the smallest first, so that no object hides a smaller one. Units: image pixels. */
  at(x: number, y: number, reach: number): Annotation[] {
    if (this.annotations.length === 0) return [];
    const { boxes, tree } = this.indexed();
    return tree
      .search(x - reach, y - reach, x + reach, y + reach)
      .filter((at) => isOnShape(this.annotations[at]!.shape, x, y, reach))
      .sort((a, b) => boxArea(boxes[a]!) - boxArea(boxes[b]!) || b - a)
      .map((at) => this.annotations[at]!);
  }

  private indexed(): { readonly boxes: readonly Xyxy[]; readonly tree: Flatbush } {
    if (this.index !== null) return this.index;
    const boxes = this.annotations.map(({ shape }) => shapeXyxy(shape));
    const tree = new Flatbush(boxes.length);
    for (const [x0, y0, x1, y1] of boxes) tree.add(x0, y0, x1, y1);
    tree.finish();
    this.index = { boxes, tree };
    return this.index;
  }
}
