/**
 * `bundle.json` of a model that finds objects: everything a program needs to use it without us, and to tell where it comes
 * from. A bundle is input from a stranger: what is read here is checked field by field.
 */

import { z } from 'zod';
import { takes } from '../../native-models/catalog/hyperparameters.ts';
import { TILING } from '../../native-models/catalog/tiling.ts';
import { ObjectTask } from '../../preload/contract/tasks.ts';
import type { EvaluationTransform } from '../images/objects/object-views.ts';
import { inside, origin, side, triple } from './described.ts';

const fraction = z.number().min(0).max(1);

/**
 * With a grid, an image is seen whole and in that many overlapping tiles across and down, each as an image of its own; what
 * is found in them is brought back, best first, and of what overlaps by more than the threshold the best is kept.
 */
const tiling = {
  tile_grid_size: z
    .string()
    .refine((text) => takes(TILING[0]!.domain, text), 'expected a grid of tiles, as "(3, 2)"')
    .nullable()
    .default(null),
  tile_overlap_ratio: z.number().min(0).lt(1).default(0.25),
  tile_predictions_nms_thresh: fraction.default(0.25),
  tile_predictions_nms_per_class: z.union([z.literal(0), z.literal(1)]).default(1),
};

export const ObjectBundle = z.object({
  format: z.literal(2),
  task: ObjectTask,
  model: z.string(),
  /** Index = class id, as in `labels.json`. */
  labels: z.array(z.string()).min(1),
  /** Of every picture in pixels; what is beside it there is of colour `frame`. */
  canvas: z.object({ width: side, height: side }),
  /** Source: product specification, section 17. */
  model_settings: z.union([
    z.object({
      img_size: side,
      /** Of `yolov5`; must be that of the weights. */
      model_size: z.string().optional(),
      box_score_thresh: fraction,
      box_iou_thresh: fraction,
      ...tiling,
    }),
    z.object({
      min_size: side,
      max_size: side,
      box_score_thresh: fraction,
      box_nms_thresh: fraction,
      box_detections_per_img: z.int().positive(),
      /** Of models that find masks. */
      mask_pixel_score_threshold: fraction.optional(),
      max_number_of_polygon_points: z.int().positive().optional(),
      ...tiling,
    }),
  ]),
  preprocessing: z.object({
    colour: z.literal('RGB'),
    /** Never enlarged, in the middle; or by its shorter side, at the top left. */
    resize: z.enum(['letterbox to img_size', 'by min_size and max_size']),
    interpolation: z.literal('bilinear, antialiased'),
    frame: triple,
    scale: z.literal('1/255'),
    mean: triple,
    std: triple,
    layout: z.literal('NCHW'),
  }),
  files: z.object({
    /**
     * Input `input` float32 [1,3,H,W] of the canvas, preprocessed. Outputs `output` [1,candidates,5+classes]: centre, width,
     * height in pixels, probabilities of an object and of each class; or `boxes_0` xyxy [n,4] in pixels, `scores_0` [n],
     * falling, `labels_0` [n], a row for each thing found; with masks also `masks_0` [n,1,H,W], how much each pixel is the
     * object.
     */
    model: inside,
    /**
     * Inputs `images` uint8 [1,3,H,W], `image_sizes` float32 [1,2]: how much of the canvas is picture, all of it for a
     * letterbox. Outputs `boxes` xyxy [1,D,4] in pixels of the canvas, `labels` int32 [1,D], `scores` [1,D], falling,
     * `counts` int32 [1]: how many of the D there are; with masks also `masks` [1,D,28,28], each of its own box.
     */
    model_pixels: inside,
  }),
  golden: z.object({
    image: z.string(),
    tolerance: z.number().positive(),
    /** Raw little-endian arrays under the names of inputs and outputs, with their element types; some packed by gzip. */
    arrays: z.record(z.string().regex(/^\w+$/), z.enum(['float32', 'int32', 'uint8'])),
  }),
  ...origin,
});
export type ObjectBundle = z.infer<typeof ObjectBundle>;

/** How pictures, or parts of them, come onto the canvas of a bundle's model. */
export function transformOf({ model_settings: settings, canvas }: ObjectBundle): EvaluationTransform {
  return 'img_size' in settings
    ? { kind: 'letterbox', canvas }
    : { kind: 'scaled', canvas, minSizePx: settings.min_size, maxSizePx: settings.max_size };
}
