/**
 * Detectors as programs: training steps, evaluation, export.
 *
 * All take `images` and `image_sizes`. Images are brought to one canvas (`detection/canvas.ts`): each is scaled, lies at
 * the top left, and what is beside it may hold anything, since the program sets it to zero after normalisation, as
 * torchvision pads.
 */

import type { Graph } from '../core/graph.ts';
import type { Program } from '../core/program.ts';
import type { Tensor } from '../core/tensor.ts';
import type { DetectionThresholds, Detector, ImageBatch } from '../detection/detector.ts';
import { targetInputs } from '../detection/truth.ts';
import { prune } from '../passes/prune.ts';
import { verify } from '../passes/verify.ts';
import { bind } from './bind.ts';
import { imageInput, type ModelOptions, normalise } from './images.ts';
import type { TrainingProgram } from './program.ts';
import { type AccumulationPrograms, type BuildObjective, type StepOptions, stepProgram, stepPrograms } from './step.ts';
import { type SynchronisedPrograms, synchronisedStep } from './synchronised.ts';

export interface DetectorTrainingOptions extends ModelOptions, StepOptions {}

/**
 * The training step of a detector.
 * Inputs: `images` uint8 [B,3,H,W], `image_sizes` float32 [B,2] (width and height of each image on its canvas), what the
 * detector's `targets` make of the truth with the batch in front, the scalars of the update, and the state.
 * Outputs: `loss` [], the sum of the detector's losses, each of them under `loss:` and its name, the state.
 */
export function detectorProgram(model: Detector, options: DetectorTrainingOptions): TrainingProgram {
  return stepProgram(model, options, detecting(model, options));
}

/** The same in two, for updates that wait for several batches. */
export function detectorPrograms(model: Detector, options: DetectorTrainingOptions): AccumulationPrograms {
  return stepPrograms(model, options, detecting(model, options));
}

/** The same where batch norm normalises by the statistics of all batches. */
export function synchronisedDetectorPrograms(model: Detector, options: DetectorTrainingOptions): SynchronisedPrograms {
  return synchronisedStep(model, options, detecting(model, options));
}

/** Prefix of the parts of a detector's loss. */
export const LOSS = 'loss:';

function detecting(model: Detector, options: DetectorTrainingOptions): BuildObjective {
  return (graph) => {
    const { batch, inputs } = batchInput(graph, options);
    const canvas = { width: options.width, height: options.height };
    const fed = targetInputs(graph, options.batchSize, model.targets(canvas));
    const losses = model.losses(batch, fed);
    const [first, ...others] = losses.values();
    const loss = others.reduce((sum, term) => sum.add(term), first!);
    const terms = new Map([...losses].map(([name, term]) => [LOSS + name, term] as const));
    return { loss, terms, inputs: [...inputs, ...fed.values()] };
  };
}

/**
 * What a detector finds.
 * Inputs: `images` uint8 [B,3,H,W], `image_sizes` float32 [B,2], the parameters.
 * Outputs: `boxes` xyxy [B,D,4] in canvas pixels, `labels` int32 [B,D], `scores` [B,D], falling, and `counts` int32 [B]:
 * how many of the D there are; of detectors of masks also `masks` [B,D,28,28] (`detection/paste-mask.ts`).
 */
export function detectionProgram(model: Detector, options: ModelOptions, thresholds: DetectionThresholds): Program {
  const { graph } = bind(model, { training: false });
  const { batch, inputs } = batchInput(graph, options);
  const { boxes, labels, scores, counts, masks } = model.detections(batch, thresholds);
  const found = { boxes, labels, scores, counts, ...(masks ? { masks } : {}) };
  const program = prune(new Map(Object.entries(found)), inputs);
  verify(program);
  return program;
}

/** The images on their canvas, with their sizes, and the inputs that bring both. */
export function batchInput(graph: Graph, options: ModelOptions): { batch: ImageBatch; inputs: Tensor[] } {
  const given = imageInput(graph, options);
  const sizes = graph.input('image_sizes', 'float32', [options.batchSize, 2]);
  const { normalisation } = options;
  const images = onCanvas(normalise(given, normalisation), sizes);
  return { batch: { images, sizes }, inputs: [given, sizes] };
}

/** Zero beside the images. Shapes: images [B,3,H,W], sizes [B,2] (width, height) -> [B,3,H,W]. */
function onCanvas(images: Tensor, sizes: Tensor): Tensor {
  const [batch, , height, width] = images.shape as [number, number, number, number];
  const [across, down] = sizes.split([1, 1], 1) as [Tensor, Tensor];
  const inside = (limit: Tensor, side: number) => {
    const places = images.graph.constant(
      Array.from({ length: side }, (_, i) => i),
      [1, side],
    );
    return limit.greater(places).cast('float32');
  };
  const rows = inside(down, height).reshape([batch, 1, height, 1]);
  const columns = inside(across, width).reshape([batch, 1, 1, width]);
  return images.mul(rows.mul(columns));
}
