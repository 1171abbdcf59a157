/** What a detector says of the views of an image, brought back from their canvases to the image and merged. */

import { type FoundObject, mergeViews, type ViewMerging } from '../../native-models/detection/merge-views.ts';
import { pastedMask } from '../../native-models/detection/paste-mask.ts';
import { clipBox, type Size, type Xyxy } from '../../native-models/geometry/box.ts';
import { type EvaluationTransform, evaluationPlacement, viewsPerPicture } from '../images/objects/object-views.ts';
import { partOf } from '../images/objects/tiles.ts';
import type { Feeds } from './runtime.ts';

/** Detections of one view, in pixels of its canvas. */
export interface OnCanvas {
  readonly boxes: readonly Xyxy[];
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  /** Of each box, [M,M]; null where boxes are all that is found. */
  readonly masks: readonly Float32Array[] | null;
}

/** What a detection program says of one view of its batch. */
export function detectionsAt(results: Feeds, at: number): OnCanvas {
  const most = results['scores']!.dims[1]!;
  const count = (results['counts']!.data as Int32Array)[at]!;
  const range = Array.from({ length: count }, (_, i) => at * most + i);
  const boxes = results['boxes']!.data as Float32Array;
  return {
    boxes: range.map((i) => [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!]),
    labels: range.map((i) => (results['labels']!.data as Int32Array)[i]!),
    scores: range.map((i) => (results['scores']!.data as Float32Array)[i]!),
    masks: masksAt(results, range),
  };
}

function masksAt({ masks }: Feeds, range: readonly number[]): Float32Array[] | null {
  if (masks === undefined) return null;
  const size = masks.dims[2]! * masks.dims[3]!;
  return range.map((i) => (masks.data as Float32Array).slice(i * size, (i + 1) * size));
}

/** How images are seen, and how what is found in their views becomes what is found in them. */
export interface Viewing {
  readonly transform: EvaluationTransform;
  readonly merging: ViewMerging;
  /** Above which a pixel of a mask is the object; null where boxes are all that is found. */
  readonly maskThreshold: number | null;
}

/** What is found in an image of some size, best first; `views`: the whole, then its tiles where it is seen in tiles. */
export function objectsIn(
  views: readonly OnCanvas[],
  size: Size,
  { transform, merging, maskThreshold }: Viewing,
): readonly FoundObject[] {
  const found = views.flatMap(({ boxes, labels, scores, masks }, part) => {
    const toImage = fromCanvas(size, transform, part);
    return boxes.map((onCanvas, i) => {
      const box = toImage(onCanvas);
      const mask = masks && pastedMask(masks[i]!, box, size, maskThreshold!);
      return { box, label: labels[i]!, score: scores[i]!, mask };
    });
  });
  return viewsPerPicture(transform) === 1 ? found : mergeViews(found, merging);
}

/** From the canvas of a view back to the image; nothing reaches beyond what the view shows. */
function fromCanvas(size: Size, transform: EvaluationTransform, part: number): (box: Xyxy) => Xyxy {
  const { x, y, w, h } = partOf(size, transform.tiles ?? null, part);
  const { paste } = evaluationPlacement({ width: w, height: h }, transform);
  return ([x0, y0, x1, y1]) => {
    const across = (at: number) => ((at - paste.x) * w) / paste.w;
    const down = (at: number) => ((at - paste.y) * h) / paste.h;
    const [left, top, right, bottom] = clipBox([across(x0), down(y0), across(x1), down(y1)], { width: w, height: h });
    return [x + left, y + top, x + right, y + bottom];
  };
}
