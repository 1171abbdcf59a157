/** What a trained model says of an image before a person has said whether it is so. */

import { z } from 'zod';

const fraction01 = z.number().min(0).max(1);
const px = z.number();
const ring = z.array(px).readonly();

/** `index`: its place in the model's answer. Units: pixels of the upright image. */
export const ProposedObject = z.object({
  index: z.int().nonnegative(),
  class_name: z.string(),
  score: fraction01,
  xyxy: z.tuple([px, px, px, px]).readonly(),
  /** Its outlines, where the model finds more than boxes. */
  polygon: z
    .array(z.object({ outline: ring, holes: z.array(ring).readonly() }))
    .readonly()
    .nullable(),
});
export type ProposedObject = z.infer<typeof ProposedObject>;

/** The newest answer of any run of the project, or of a model from elsewhere. */
export const Proposals = z.object({
  /** Of the run, or of the model from elsewhere. */
  run_id: z.string(),
  made_at_ms: z.int(),
  /** Best first; empty where whole images are classified. */
  objects: z.array(ProposedObject).readonly(),
  /** Of every class of the run, the most probable first; empty where objects are found. */
  classes: z.array(z.object({ class_name: z.string(), probability: fraction01 })).readonly(),
  /** Indices of objects that were accepted or rejected, ascending. */
  settled: z.array(z.int().nonnegative()).readonly(),
});
export type Proposals = z.infer<typeof Proposals>;

const MOST_IMAGES = 500_000;

export const PredictRequest = z.object({
  /** As in `Proposals`. */
  run_id: z.string(),
  image_ids: z.array(z.int().positive()).min(1).max(MOST_IMAGES),
});
export type PredictRequest = z.infer<typeof PredictRequest>;

export const PredictEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.int().nonnegative(), total: z.int().nonnegative() }),
  z.object({
    type: z.literal('done'),
    predicted: z.int().nonnegative(),
    /** Images that could not be read, with the reason. */
    skipped: z.array(z.object({ id: z.int().positive(), reason: z.string() })),
  }),
]);
export type PredictEvent = z.infer<typeof PredictEvent>;
