/**
 * What is drawn on an image, and every way of changing it. Coordinates are pixels of the upright image, origin top-left.
 * A change names what it found, so that two windows on one image cannot overwrite each other unseen.
 */

import { z } from 'zod';
import { AnnotationFlags } from './annotation-flags.ts';
import { Proposals } from './proposals.ts';
import { Review } from './review.ts';

/** More than any person draws, few enough that one call stays small. */
const MOST_CORNERS = 100_000;
const MOST_RUNS = 4_000_000;
const MOST_CHANGES = 50_000;

const px = z.number().refine(Number.isFinite);
const side = z.int().positive().max(1_000_000);

export const Ring = z
  .array(px)
  .min(6)
  .max(2 * MOST_CORNERS)
  .refine((numbers) => numbers.length % 2 === 0, 'a ring has an x and a y for each corner')
  .readonly();

/** Run lengths, column by column, beginning with the zeros. */
export const MaskRuns = z.object({
  width: side,
  height: side,
  counts: z.array(z.int().nonnegative()).min(1).max(MOST_RUNS).readonly(),
});

export const Shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('box'), xyxy: z.tuple([px, px, px, px]).readonly() }),
  z.object({
    kind: z.literal('polygon'),
    polygon: z
      .array(z.object({ outline: Ring, holes: z.array(Ring).readonly() }))
      .min(1)
      .readonly(),
  }),
  z.object({ kind: z.literal('mask'), mask: MaskRuns }),
]);

/** Whose work an object is that no person has drawn: an accepted proposal, or one worked out between others. */
export const LabelSource = z.enum(['model', 'interpolated']);
export type LabelSource = z.infer<typeof LabelSource>;
/** `key` was set by somebody; `end` as well, and the object is gone after it; `between` was filled in from those round it. */
export const TrackRole = z.enum(['key', 'between', 'end']);
export type TrackRole = z.infer<typeof TrackRole>;
export const Track = z.object({ id: z.int().positive(), role: TrackRole });
export type Track = z.infer<typeof Track>;

export const NewAnnotation = AnnotationFlags.extend({
  class_name: z.string().min(1),
  shape: Shape,
  /** Absent where a person has drawn it, or an import brought it. */
  source: LabelSource.optional(),
  /** A box that is one object with others on other frames of its sequence. */
  track: Track.nullable().optional(),
});
export type NewAnnotation = z.infer<typeof NewAnnotation>;

export const Annotation = NewAnnotation.extend({ id: z.int().positive() });
export type Annotation = z.infer<typeof Annotation>;

const classNames = z.array(z.string().min(1)).readonly();

export const Change = z.discriminatedUnion('type', [
  z.object({ type: z.literal('add'), annotation: NewAnnotation }),
  z.object({ type: z.literal('remove'), before: Annotation }),
  /** The same object, drawn or named otherwise. */
  z.object({ type: z.literal('replace'), before: Annotation, after: Annotation }),
  /** The classes of the image as a whole. */
  z.object({ type: z.literal('labels'), before: classNames, after: classNames }),
  z.object({ type: z.literal('review'), before: Review, after: Review }),
  /** Which of a model's proposals are decided about, of the answer it gave at that time. */
  z.object({
    type: z.literal('settle'),
    run_id: z.string(),
    made_at_ms: z.int(),
    before: z.array(z.int().nonnegative()).readonly(),
    after: z.array(z.int().nonnegative()).readonly(),
  }),
]);
export type Change = z.infer<typeof Change>;

/** One gesture: all of its changes are made, or none, and one undo takes all of them back. */
export const Edit = z.object({
  image_id: z.int().positive(),
  /** What was done, as the history calls it: `draw box`. */
  name: z.string().min(1).max(80),
  changes: z.array(Change).min(1).max(MOST_CHANGES).readonly(),
});
export type Edit = z.infer<typeof Edit>;

export const HistoryEntry = z.object({
  /** Whether it was done to this image, or to many at once in the data browser; ids are of their kind. */
  scope: z.enum(['image', 'many']),
  id: z.int().positive(),
  name: z.string(),
  made_by: z.string(),
  made_at_ms: z.int(),
  /** `undone` can be done again; `dropped` was undone before something else was done. */
  state: z.enum(['done', 'undone', 'dropped']),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** What there is to say of an image besides its objects. */
const ImageFacts = z.object({
  image_id: z.int().positive(),
  /** Counts what happened to the image since the engine started, so that changes are shown in their order. */
  sequence: z.int().nonnegative(),
  /** Classes of the image, ascending. */
  labels: classNames,
  is_labelled: z.boolean(),
  review: Review,
  /** Null where no model was asked. */
  proposals: Proposals.nullable(),
  /** What the next undo takes back, and what the next redo does again; null where there is none. */
  undo: z.string().nullable(),
  redo: z.string().nullable(),
});

/** An image with all that people or models have said of it. */
export const ImageDocument = ImageFacts.extend({
  width_px: side,
  height_px: side,
  /** How long people have been at work on it, up to when it was opened. */
  labelling_ms: z.int().nonnegative(),
  /** By ascending id, the order in which they were added. */
  annotations: z.array(Annotation).readonly(),
});
export type ImageDocument = z.infer<typeof ImageDocument>;

/** What an edit, an undo or a redo has made of an image: objects as they are now, and ids of those that have gone. */
export const ImageChange = ImageFacts.extend({
  put: z.array(Annotation).readonly(),
  gone: z.array(z.int().positive()).readonly(),
});
export type ImageChange = z.infer<typeof ImageChange>;

/** The document, then each change as it happens, whoever made it. */
export const ImageEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('document'), document: ImageDocument }),
  z.object({ type: z.literal('change'), change: ImageChange }),
]);
export type ImageEvent = z.infer<typeof ImageEvent>;

/** Larger pictures are shown by their tiles: from here on these are there sooner, and take less memory. */
const LARGEST_WHOLE_PX = 16_000_000;
/** Formats that every browser shows; of any other tiles are made. */
const SHOWN_WHOLE: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'avif', 'heif', 'bmp']);

/** Whether windows show an image by its tiles rather than by its file. */
export const isShownByTiles = (image: {
  readonly width_px: number;
  readonly height_px: number;
  readonly format: string;
}): boolean => image.width_px * image.height_px > LARGEST_WHOLE_PX || !SHOWN_WHOLE.has(image.format);

/** What a window needs to show an image's pixels. */
export const ImagePicture = z.object({
  sha256: z.string(),
  width_px: side,
  height_px: side,
  /** Whether it is shown by its tiles: it is large, or of a format that windows cannot show. */
  is_tiled: z.boolean(),
});
export type ImagePicture = z.infer<typeof ImagePicture>;

/** Images in order of their ids; null where there is none. */
export const ImageNeighbours = z.object({
  /** From 1. */
  position: z.int().positive(),
  count: z.int().positive(),
  previous: z.int().positive().nullable(),
  next: z.int().positive().nullable(),
  /** After this one, else from the beginning. */
  next_unlabelled: z.int().positive().nullable(),
  /** One that is done and that nobody has accepted or rejected yet; after this one, else from the beginning. */
  next_to_review: z.int().positive().nullable(),
});
export type ImageNeighbours = z.infer<typeof ImageNeighbours>;

/** More than anybody works on one image between two reports. */
const MOST_SPENT_MS = 3_600_000;

/** Time that somebody has worked on an image since the last report. */
export const SpentTime = z.object({ image_id: z.int().positive(), spent_ms: z.int().positive().max(MOST_SPENT_MS) });
export type SpentTime = z.infer<typeof SpentTime>;

/** All time that people have worked on it. */
export const WorkTime = z.object({ labelling_ms: z.int().nonnegative() });
