/** Images as a window finds, sorts, shows and changes them. Names are those of the database. */

import { z } from 'zod';
import { Review, ReviewState } from './review.ts';
import { Split } from './tasks.ts';

const LONGEST_TEXT = 200;
const MOST_IDS = 500_000;
export const MOST_ROWS = 400;

const name = z.string().trim().min(1).max(LONGEST_TEXT);
const ids = z.array(z.int().positive()).max(MOST_IDS);

/** What is wrong with a box, as far as that can be told without looking. */
export const BoxDoubt = z.enum(['tiny', 'outside', 'duplicated']);
export type BoxDoubt = z.infer<typeof BoxDoubt>;

/** Every condition must hold; an empty list, or null, asks for nothing. */
export const ImageFilter = z.object({
  /** Somewhere in the name the image was imported under. */
  text: z.string().max(LONGEST_TEXT),
  /** Any of them. */
  classes: z.array(name),
  /** Any of them; null stands for images that each run splits by its own seed. */
  splits: z.array(Split.nullable()),
  labels: z.enum(['labelled', 'unlabelled', 'negative']).nullable(),
  /** Any of them. */
  reviews: z.array(ReviewState),
  /** Any of them. */
  tags: z.array(name),
  /** Pixels of the longer side, inclusive. */
  min_side_px: z.int().positive().nullable(),
  max_side_px: z.int().positive().nullable(),
  /** Has a box like that. */
  doubt: BoxDoubt.nullable(),
});
export type ImageFilter = z.infer<typeof ImageFilter>;

export const NO_FILTER: ImageFilter = {
  text: '',
  classes: [],
  splits: [],
  labels: null,
  reviews: [],
  tags: [],
  min_side_px: null,
  max_side_px: null,
  doubt: null,
};

export const ImageSort = z.object({
  /** The last three: how unsure the model is that was asked last, and how far it is from another one. */
  by: z.enum(['added', 'name', 'pixels', 'bytes', 'time', 'entropy', 'closeness', 'disagreement']),
  descending: z.boolean(),
});
export type ImageSort = z.infer<typeof ImageSort>;

export const ImageQuery = z.object({ filter: ImageFilter, sort: ImageSort });
export type ImageQuery = z.infer<typeof ImageQuery>;

/** `ids`: little-endian 32-bit numbers in base64, as a list of 100,000 takes half a second to check one by one. */
export const FoundImages = z.object({ count: z.int().nonnegative(), ids: z.string() });

/** One object: its box, and the outlines of a polygon. Units: pixels of the upright image. */
export const ObjectMark = z.object({
  class_name: z.string(),
  xyxy: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  /** Each [x, y, x, y …]. */
  rings: z.array(z.array(z.number())),
});
export type ObjectMark = z.infer<typeof ObjectMark>;

export const ImageCard = z.object({
  id: z.int().positive(),
  name: z.string(),
  /** Its picture is at `/images/<id>`, a small one at `/thumbnails/<sha256>`. */
  sha256: z.string(),
  width_px: z.int().positive(),
  height_px: z.int().positive(),
  size_bytes: z.int().nonnegative(),
  format: z.string(),
  split: Split.nullable(),
  is_labelled: z.boolean(),
  review: Review,
  /** How long people have been at work on it. */
  labelling_ms: z.int().nonnegative(),
  classes: z.array(z.string()),
  tags: z.array(z.string()),
  /** The first of its objects, and how many there are. */
  objects: z.array(ObjectMark),
  object_count: z.int().nonnegative(),
});
export type ImageCard = z.infer<typeof ImageCard>;

/** How many there are from `from` up to `to`; null for the last one, which is open. */
export const Bin = z.object({ from: z.number(), to: z.number().nullable(), count: z.int().nonnegative() });
export type Bin = z.infer<typeof Bin>;

export const ClassFacts = z.object({
  name: z.string(),
  color: z.string(),
  images: z.int().nonnegative(),
  objects: z.int().nonnegative(),
});
export type ClassFacts = z.infer<typeof ClassFacts>;

/** Of all images of the project, whatever is filtered. */
export const DataFacts = z.object({
  images: z.int().nonnegative(),
  unlabelled: z.int().nonnegative(),
  reviews: z.record(ReviewState, z.int().nonnegative()),
  /** Ascending by name. */
  classes: z.array(ClassFacts),
  tags: z.array(z.object({ name: z.string(), images: z.int().nonnegative() })),
  longer_side_px: z.array(Bin),
  /** Width by height. */
  aspect: z.array(Bin),
  objects: z.int().nonnegative(),
  /** Square root of the share of the image that a box covers. */
  box_size01: z.array(Bin),
  box_aspect: z.array(Bin),
  /** Images with such a box. */
  doubts: z.record(BoxDoubt, z.int().nonnegative()),
});
export type DataFacts = z.infer<typeof DataFacts>;

/** A change of many images, or of the classes; each is one step to take back. */
export const DataEdit = z.discriminatedUnion('kind', [
  /** Makes objects of the boxes between key frames; of all tracks of a sequence with null. */
  z.object({
    kind: z.literal('fill-tracks'),
    sequence_id: z.int().positive(),
    track_ids: z.array(z.int().positive()).nullable(),
  }),
  z.object({ kind: z.literal('split'), ids, split: Split.nullable() }),
  /** Of whole images: `set` replaces all; where an image has one class, that is the only way. */
  z.object({
    kind: z.literal('classes'),
    ids,
    change: z.enum(['set', 'add', 'remove']),
    classes: z.array(name).max(200),
  }),
  /** As if nobody had looked at them yet. */
  z.object({ kind: z.literal('unlabel'), ids }),
  /** One who says that images are done, or accepts them, says that they are labelled, be it with nothing. */
  z.object({ kind: z.literal('review'), ids, review: Review }),
  z.object({ kind: z.literal('tag'), ids, change: z.enum(['add', 'remove']), tag: name }),
  z.object({ kind: z.literal('class-add'), name }),
  z.object({ kind: z.literal('class-rename'), name, to: name }),
  z.object({ kind: z.literal('class-recolour'), name, color: z.string().regex(/^#[0-9a-f]{6}$/) }),
  /** The images and objects of one class become another's. */
  z.object({ kind: z.literal('class-merge'), name, into: name }),
  /** Its objects go; images that had no other class count as not labelled where each has one. */
  z.object({ kind: z.literal('class-delete'), name }),
]);
export type DataEdit = z.infer<typeof DataEdit>;

/** What was done, in words, and the number by which that alone can be taken back; null where nothing was changed. */
export const MadeEdit = z.object({ title: z.string(), id: z.int().positive().nullable() });
export type MadeEdit = z.infer<typeof MadeEdit>;

/** What an edit that was taken back or brought again has left as it is, because it was changed since. */
export const LeftAlone = z.object({
  what: z.enum(['split', 'review', 'class', 'label', 'tag', 'object']),
  count: z.int().positive(),
  /** How many images they are of; none of classes and tags. */
  image_count: z.int().nonnegative(),
  /** Names of the first of them. */
  image_names: z.array(z.string()),
});
export type LeftAlone = z.infer<typeof LeftAlone>;

export const TurnedEdit = z.object({ title: z.string(), left: z.array(LeftAlone).readonly() });
export type TurnedEdit = z.infer<typeof TurnedEdit>;

/** Grows with every change of images, labels or classes, whoever made it; and what can be taken back. */
export const DataState = z.object({ version: z.string(), undo: z.string().nullable(), redo: z.string().nullable() });
export type DataState = z.infer<typeof DataState>;

/** Images that look alike. `leak`: in more than one part of the data; `conflict`: labelled differently. */
export const LookAlikes = z.object({
  ids: z.array(z.int().positive()),
  is_leak: z.boolean(),
  is_conflict: z.boolean(),
});
export type LookAlikes = z.infer<typeof LookAlikes>;

export const FoundLookAlikes = z.object({
  groups: z.array(LookAlikes),
  /** Images that could not be read, with the reason. */
  unread: z.array(z.object({ id: z.int().positive(), reason: z.string() })),
});
export type FoundLookAlikes = z.infer<typeof FoundLookAlikes>;

/** Units: images; milliseconds since it began. */
const LookAlikeProgress = z.object({
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  elapsed_ms: z.number().nonnegative(),
});

export const LookAlikeEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), progress: LookAlikeProgress }),
  z.object({ type: z.literal('done'), found: FoundLookAlikes }),
]);
export type LookAlikeEvent = z.infer<typeof LookAlikeEvent>;
