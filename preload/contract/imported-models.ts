/**
 * Models that were trained elsewhere: what a file says of itself, how pictures are given to it, what its answers mean, and
 * which class of this project each of its classes is.
 */

import { z } from 'zod';
import { ProposedObject } from './proposals.ts';

/** A stranger's description must not make us allocate at will. */
const LARGEST_SIDE_PX = 4096;
const MOST_CLASSES = 30_000;

const side = z.int().positive().max(LARGEST_SIDE_PX);
const fraction01 = z.number().min(0).max(1);
const level = z.number().min(0).max(255);
const triple = z.tuple([z.number(), z.number(), z.number()]).readonly();
/** Of an input or output of the file. */
const valueName = z.string().min(1).max(1000);
export const ModelName = z.string().trim().min(1).max(120);

export const InputMapping = z.object({
  name: valueName,
  /** `hwc`: without a side for several images. */
  layout: z.enum(['nchw', 'nhwc', 'hwc']),
  type: z.enum(['float32', 'uint8']),
  width: side,
  height: side,
  colour: z.enum(['rgb', 'bgr', 'grey']),
  /**
   * `letterbox`: whole, in the middle; `corner`: whole, at the top left; `squeeze`: whole, without its proportions; `crop`:
   * the middle of the picture, an eighth of the shorter side left out.
   */
  fit: z.enum(['letterbox', 'corner', 'squeeze', 'crop']),
  /** Beside the picture. Units: levels of 0 to 255, red, green, blue. */
  frame: z.tuple([level, level, level]).readonly(),
  /** Levels of 0 to 255 are divided by it first; then `mean` is taken away and what is left divided by `deviation`. */
  divisor: z.number().positive(),
  mean: triple,
  deviation: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]).readonly(),
});
export type InputMapping = z.infer<typeof InputMapping>;

/** Of the pyramid's levels, whose cells candidates in units of a grid are told in. Source: the papers of the YOLO family. */
export const GRID_STRIDES: readonly number[] = [8, 16, 32];
/** In a row of a finished answer: left, top, right, bottom, score, class. */
export const FINISHED_NUMBERS = 6;

export const OutputMapping = z.discriminatedUnion('kind', [
  /** One number for each class; `none`: they are probabilities already. */
  z.object({ kind: z.literal('classes'), scores: valueName, activation: z.enum(['softmax', 'sigmoid', 'none']) }),
  /** A row for each thing found, in three or four outputs. */
  z.object({
    kind: z.literal('boxes'),
    boxes: valueName,
    /** Of their corners: left, top, right, bottom, or top, left, bottom, right. */
    order: z.enum(['xyxy', 'yxyx']).default('xyxy'),
    labels: valueName,
    scores: valueName,
    masks: valueName.nullable(),
    units: z.enum(['pixels', 'fractions']),
    /** 1 where label 0 is the background. */
    first_label: z.union([z.literal(0), z.literal(1)]),
  }),
  /** All candidates in one output: centre, width, height, perhaps how sure it is an object, then a number for each class. */
  z.object({
    kind: z.literal('candidates'),
    output: valueName,
    /** `rows`: [1,N,4+…]; `columns`: [1,4+…,N]. */
    order: z.enum(['rows', 'columns']),
    has_objectness: z.boolean(),
    /** `grid`: in cells of stride 8, 16, 32, the sides as logarithms. */
    units: z.enum(['pixels', 'fractions', 'grid']),
    /** `sigmoid`: they are no probabilities yet. */
    activation: z.enum(['sigmoid', 'none']),
    /** Numbers after those of the classes, about masks or key points. */
    extra: z.int().nonnegative().max(1000).default(0),
    /** Masks [1,K,H,W], of which that of a candidate is mixed: by the first K of those numbers. Null: they are not read. */
    prototypes: valueName.nullable().default(null),
    /** Of candidates of a class that overlap by more, the best is kept. */
    overlap: fraction01,
  }),
  /** A row for each thing found, in one output: left, top, right, bottom, score, class. */
  z.object({ kind: z.literal('finished'), output: valueName, units: z.enum(['pixels', 'fractions']) }),
  /** A row for each thing asked after: in one output centre and sides in fractions, in another a number for each class. */
  z.object({
    kind: z.literal('queries'),
    boxes: valueName,
    logits: valueName,
    /** `softmax`: one number more, the last, is for nothing; `sigmoid`: none is. */
    activation: z.enum(['softmax', 'sigmoid']),
  }),
]);
export type OutputMapping = z.infer<typeof OutputMapping>;

/** In the model's order; `to`: the class of the project, made when it is first used; null: what is found of it is left out. */
export const ClassMapping = z.object({ name: z.string().max(200), to: z.string().trim().min(1).max(200).nullable() });
export type ClassMapping = z.infer<typeof ClassMapping>;
const classes = z.array(ClassMapping).min(1).max(MOST_CLASSES).readonly();

/** The two files of a model that is clicked: one looks at the picture once, the other answers each click. */
export const ClickMapping = z.object({
  kind: z.literal('clicks'),
  input: InputMapping,
  /** What the first file hands to the second. */
  embeddings: z
    .array(z.object({ from: valueName, to: valueName }))
    .min(1)
    .max(16)
    .readonly(),
  point_coords: valueName,
  point_labels: valueName,
  /** Where the second file has them. */
  mask_input: valueName.nullable(),
  has_mask_input: valueName.nullable(),
  orig_im_size: valueName.nullable(),
  masks: valueName,
  /** How good it thinks each mask is. */
  scores: valueName.nullable(),
  /** What a box becomes: its two corners, or, where the second file knows clicks alone, a click in its middle. */
  box: z.enum(['corners', 'middle']).default('corners'),
});
export type ClickMapping = z.infer<typeof ClickMapping>;

export const ModelMapping = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mapped'), input: InputMapping, output: OutputMapping, classes }),
  /** Exported by Lightbench: it says itself how it is used. */
  z.object({ kind: z.literal('bundle'), finds: z.enum(['classes', 'objects']), classes }),
  ClickMapping,
]);
export type ModelMapping = z.infer<typeof ModelMapping>;

export const ModelFile = z.object({
  role: z.enum(['model', 'decoder', 'description']),
  /** Below the model's folder. */
  name: z.enum(['model.onnx', 'model-pixels.onnx', 'decoder.onnx', 'bundle.json']),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size_bytes: z.int().nonnegative(),
});
export type ModelFile = z.infer<typeof ModelFile>;

/** `model.json` beside the files of a model in a project. */
export const ImportedModel = z.object({
  format: z.literal(1),
  id: z.string().regex(/^m\d{4,}$/),
  name: ModelName,
  added_at_ms: z.int(),
  /** What the file was called. */
  source: z.string(),
  files: z.array(ModelFile).min(1),
  mapping: ModelMapping,
});
export type ImportedModel = z.infer<typeof ImportedModel>;

/** The models of a project, the oldest first. */
export const ModelShelf = z.object({
  models: z.array(ImportedModel).readonly(),
  /** Why others cannot be read, in words. */
  damaged: z.array(z.string()).readonly(),
});
export type ModelShelf = z.infer<typeof ModelShelf>;

/** An input or output as the runtime tells it; null for a side that may be any number. */
export const ValueFacts = z.object({
  name: z.string(),
  type: z.string(),
  shape: z.array(z.number().nullable()).readonly(),
  /** What a run on a grey picture gave; null where it was not tried, or failed. */
  seen: z
    .object({ shape: z.array(z.number()).readonly(), least: z.number(), most: z.number(), sum: z.number() })
    .nullable(),
});
export type ValueFacts = z.infer<typeof ValueFacts>;

export const FileFacts = z.object({
  path: z.string(),
  sha256: z.string(),
  size_bytes: z.int(),
  producer: z.string(),
  inputs: z.array(ValueFacts).readonly(),
  outputs: z.array(ValueFacts).readonly(),
});
export type FileFacts = z.infer<typeof FileFacts>;

/** A path on the engine's machine: an ONNX file or a bundle's folder; `decoder` for a model that is clicked. */
export const ModelSource = z.object({
  path: z.string().min(1),
  decoder: z.string().min(1).nullable(),
  /** A file with the names of the classes, one a line or a JSON list; null: beside the model, or inside it. */
  labels: z.string().min(1).nullable(),
});
export type ModelSource = z.infer<typeof ModelSource>;

/** What was found out of a model before it is added. */
export const ModelSurvey = z.object({
  name: ModelName,
  model: FileFacts,
  decoder: FileFacts.nullable(),
  /** What it seems to be; null where nothing fits, for the reason that is last of `guesses`. */
  mapping: ModelMapping.nullable(),
  /** What was guessed and from what, in words. */
  guesses: z.array(z.string()).readonly(),
});
export type ModelSurvey = z.infer<typeof ModelSurvey>;

export const TryRequest = z.object({
  source: ModelSource,
  mapping: ModelMapping,
  image_id: z.int().positive(),
});
export type TryRequest = z.infer<typeof TryRequest>;

/** What a model says of one image, by its own classes; of a model that is clicked, what it finds in the middle. */
export const Tried = z.object({
  width_px: z.int(),
  height_px: z.int(),
  objects: z.array(ProposedObject).readonly(),
  classes: z.array(z.object({ class_name: z.string(), probability: fraction01 })).readonly(),
});
export type Tried = z.infer<typeof Tried>;

export const NewModel = z.object({ source: ModelSource, name: ModelName, mapping: ModelMapping });
export type NewModel = z.infer<typeof NewModel>;

/** What one asks about the object at some points of an image. Units: image pixels. */
export const ClickRequest = z.object({
  model_id: z.string(),
  image_id: z.int().positive(),
  points: z
    .array(z.object({ x: z.number(), y: z.number(), is_inside: z.boolean() }))
    .max(200)
    .readonly(),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]).readonly().nullable(),
});
export type ClickRequest = z.infer<typeof ClickRequest>;
