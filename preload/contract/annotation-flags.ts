/** What sources say of an object besides its class and its shape. */

import { z } from 'zod';

export const AnnotationFlags = z.object({
  /** It surrounds many objects; it is neither trained on nor counted against a detector. */
  is_crowd: z.boolean(),
  /** A person finds it hard to see. */
  is_difficult: z.boolean(),
  is_occluded: z.boolean(),
  /** It goes on beyond the border of the image, or of what can be seen. */
  is_truncated: z.boolean(),
});
export type AnnotationFlags = Readonly<z.infer<typeof AnnotationFlags>>;
export type AnnotationFlag = keyof AnnotationFlags;

/** In the order in which files and lists have them. */
export const ANNOTATION_FLAGS: readonly AnnotationFlag[] = AnnotationFlags.keyof().options;

export const NO_FLAGS: AnnotationFlags = {
  is_crowd: false,
  is_difficult: false,
  is_occluded: false,
  is_truncated: false,
};

/** As files and sentences have it: `crowd`. */
export const flagWord = (flag: AnnotationFlag): string => flag.slice('is_'.length);

/** Of an object that has more to it. */
export const flagsOf = ({ is_crowd, is_difficult, is_occluded, is_truncated }: AnnotationFlags): AnnotationFlags => ({
  is_crowd,
  is_difficult,
  is_occluded,
  is_truncated,
});
