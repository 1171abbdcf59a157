/** Frames of a video or of a sequence of pictures, and what is known of objects through them. */

import { z } from 'zod';
import { AnnotationFlags } from './annotation-flags.ts';

const id = z.int().positive();
const px = z.number().refine(Number.isFinite);

/**
 * A box of a track on a frame where nobody has set it, nor made it an object yet: it follows from the key frames before and
 * after, or is that of the last key frame.
 */
export const BetweenBox = z.object({
  track_id: id,
  class_name: z.string().min(1),
  /** Those of the key frame before. */
  flags: AnnotationFlags,
  xyxy: z.tuple([px, px, px, px]).readonly(),
  /** There is no key frame after this one, so it is only where the object was last. */
  is_after: z.boolean(),
});
export type BetweenBox = z.infer<typeof BetweenBox>;

/** The sequence that an image is a frame of. */
export const SequenceView = z.object({
  id,
  name: z.string(),
  /** Of its frames in order, with their numbers in the source. */
  images: z.array(id).readonly(),
  numbers: z.array(z.int().nonnegative()).readonly(),
  tracks: z
    .array(
      z.object({
        id,
        /** That of its first box. */
        class_name: z.string(),
        /** Images where somebody has set its box, in order; those after which the object is gone among them. */
        key_images: z.array(id).readonly(),
        end_images: z.array(id).readonly(),
      }),
    )
    .readonly(),
  /** On the image that was asked about. */
  between: z.array(BetweenBox).readonly(),
});
export type SequenceView = z.infer<typeof SequenceView>;
