/** How a batch lies in shared memory: the pixels of its views, and where objects are known, these. */

import type { FeedContent } from './feed-protocol.ts';
import type { ObjectView } from './objects/object-views.ts';
import type { PictureObject } from './objects/objects.ts';

/** Class of a place that holds no object. */
export const NO_OBJECT = -1;

/** The objects of a batch, in as many places for each view. */
export interface BatchObjects {
  /** Width and height of each picture on its canvas. Shapes: [count,2]. */
  readonly sizes: Float32Array;
  /** xyxy in pixels of the canvas. Shapes: [count,places,4]. */
  readonly boxes: Float32Array;
  /** `NO_OBJECT` where there is none; objects come first. Shapes: [count,places]. */
  readonly labels: Int32Array;
}

export class FeedSlot {
  readonly memory: SharedArrayBuffer;
  private readonly images: Uint8Array;
  private readonly viewBytes: number;
  private readonly places: number;
  private readonly objects: BatchObjects | null;

  /** `memory`: that of an equal slot in another thread; without it, memory of its own. */
  constructor(content: FeedContent, batchSize: number, memory?: SharedArrayBuffer) {
    this.viewBytes = viewBytesOf(content);
    this.places = 'places' in content ? content.places : 0;
    const numbers = 'places' in content ? batchSize * (2 + 5 * this.places) : 0;
    const bytes = batchSize * this.viewBytes;
    this.memory = memory ?? new SharedArrayBuffer(4 * numbers + bytes);
    this.images = new Uint8Array(this.memory, 4 * numbers, bytes);
    const [boxesAt, labelsAt] = [2 * batchSize, batchSize * (2 + 4 * this.places)];
    this.objects =
      numbers === 0
        ? null
        : {
            sizes: new Float32Array(this.memory, 0, 2 * batchSize),
            boxes: new Float32Array(this.memory, 4 * boxesAt, 4 * this.places * batchSize),
            labels: new Int32Array(this.memory, 4 * labelsAt, this.places * batchSize),
          };
  }

  putPixels(at: number, planes: Uint8Array): void {
    this.images.set(planes, at * this.viewBytes);
  }

  /** Where there are more objects than places, the largest are put. */
  putView(at: number, { planes, size, objects }: ObjectView): void {
    const { places } = this;
    const { sizes, boxes, labels } = this.objects!;
    this.putPixels(at, planes);
    sizes.set([size.width, size.height], 2 * at);
    const kept =
      objects.length <= places ? objects : objects.toSorted((a, b) => areaOf(b) - areaOf(a)).slice(0, places);
    boxes.fill(0, 4 * places * at, 4 * places * (at + 1));
    labels.fill(NO_OBJECT, places * at, places * (at + 1));
    kept.forEach(({ label, xyxy }, i) => {
      boxes.set(xyxy, 4 * (places * at + i));
      labels[places * at + i] = label;
    });
  }

  /** The first `count` views. */
  read(count: number): { readonly images: Uint8Array; readonly objects: BatchObjects | null } {
    const { viewBytes, places, objects } = this;
    return {
      images: this.images.subarray(0, count * viewBytes),
      objects: objects && {
        sizes: objects.sizes.subarray(0, 2 * count),
        boxes: objects.boxes.subarray(0, 4 * places * count),
        labels: objects.labels.subarray(0, places * count),
      },
    };
  }
}

const areaOf = ({ xyxy: [x0, y0, x1, y1] }: PictureObject): number => (x1 - x0) * (y1 - y0);

function viewBytesOf(content: FeedContent): number {
  if (!('places' in content)) return 3 * content.transform.cropSize ** 2;
  const { width, height } = content.transform.canvas;
  return 3 * width * height;
}
