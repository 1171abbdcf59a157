/** The detectors of the step benchmark, and made-up pictures with objects; the peer makes the same in `peer/rcnn.py` and `peer/one_stage.py`. */

import { Tensor } from '../../main/train/runtime.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import type { Detector } from '../../native-models/detection/detector.ts';
import type { Targets, Truth } from '../../native-models/detection/truth.ts';
import type { Size } from '../../native-models/geometry/box.ts';
import { maskFromBitmap } from '../../native-models/geometry/mask.ts';
import { FasterRcnn } from '../../native-models/models/faster-rcnn.ts';
import { RetinaNet } from '../../native-models/models/retinanet.ts';
import { YoloV5 } from '../../native-models/models/yolov5.ts';
import { YoloXNano } from '../../native-models/models/yolox.ts';

const CLASSES = 10;
const OBJECTS = 8; // of each picture

const twoStage = (backbone: 'resnet18' | 'resnet50', masks: boolean) => (): Detector =>
  new FasterRcnn({ backbone, classes: CLASSES, norm: 'frozen', masks, mostTruths: OBJECTS });

export const DETECTORS: Readonly<Record<string, () => Detector>> = {
  yolov5_small: () => new YoloV5({ size: 'small', classes: CLASSES, slots: OBJECTS }),
  yolox_nano: () => new YoloXNano({ classes: CLASSES, slots: OBJECTS }),
  retinanet_resnet50_fpn: () => new RetinaNet({ classes: CLASSES, norm: 'frozen' }),
  fasterrcnn_resnet18_fpn: twoStage('resnet18', false),
  fasterrcnn_resnet50_fpn: twoStage('resnet50', false),
  maskrcnn_resnet18_fpn: twoStage('resnet18', true),
  maskrcnn_resnet50_fpn: twoStage('resnet50', true),
};

/** Objects of picture number `image`: their sides go from a tenth to six tenths of the picture's. */
function truthOf(image: number, { width, height }: Size): Truth {
  const places = Array.from({ length: OBJECTS }, (_, i) => {
    const share = 0.1 + (0.5 * i) / (OBJECTS - 1);
    const [left, top] = [((i * 3 + image) % OBJECTS) / OBJECTS, ((i * 5 + 2 * image) % OBJECTS) / OBJECTS];
    return [left * (1 - share), top * (1 - share), share] as const;
  });
  const boxes = places.map(([left, top, share]) => [
    left * width,
    top * height,
    (left + share) * width,
    (top + share) * height,
  ]);
  return {
    boxes: Float32Array.from(boxes.flat()),
    labels: Int32Array.from(places, (_, i) => (i + image) % CLASSES),
    masks: boxes.map((box) => maskFromBitmap(filled(box, { width, height }), { width, height })),
  };
}

/** The pixels whose centres lie in a box. */
const filled = ([x0, y0, x1, y1]: readonly number[], { width, height }: Size): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
    return Number(x > x0! && x < x1! && y > y0! && y < y1!);
  });

/** What a step is fed beside pixels and random numbers: pictures that fill their canvases. */
export function detectorFeeds(targets: Targets, batch: number): Readonly<Record<string, Tensor>> {
  const { width, height } = targets.canvas;
  const made = Array.from({ length: batch }, (_, image) =>
    targets.of(truthOf(image, targets.canvas), rngFrom(0, 'targets', image)),
  );
  const fed = targets.fed.map(({ name, dtype, shape }) => {
    const all = made.flatMap((values) => [...values.get(name)!]);
    const data = { int32: Int32Array, float32: Float32Array, uint8: Uint8Array }[dtype].from(all);
    return [name, new Tensor(dtype, data, [batch, ...shape])] as const;
  });
  const sizes = Float32Array.from({ length: 2 * batch }, (_, i) => (i % 2 === 0 ? width : height));
  return { image_sizes: new Tensor('float32', sizes, [batch, 2]), ...Object.fromEntries(fed) };
}
