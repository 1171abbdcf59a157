/** What a training step is fed of the objects of a view, made by the workers beside the view itself. */

import { rngFrom } from '../../../native-models/core/rng.ts';
import type { FedTarget, Targets, TargetValues, Truth } from '../../../native-models/detection/truth.ts';
import type { Size } from '../../../native-models/geometry/box.ts';
import { maskOf, type PictureObject } from './objects.ts';

/** What is to be fed; the network that says how cannot be sent to a thread, so it is told by name. */
export interface TargetOrder {
  readonly fed: readonly FedTarget[];
  /** Whether targets are made of masks too. */
  readonly hasMasks: boolean;
  /** Objects of a view, at most: of more the largest are fed. */
  readonly most: number;
  readonly seed: number;
  readonly model: string;
  readonly classes: number;
  readonly params: Readonly<Record<string, number | string | null>>;
}

/** Builds what an order names, for views of one canvas. */
export type MakeTargets = (order: TargetOrder, canvas: Size) => Targets;

/** Each view draws numbers of its own in every epoch; detectors of one stage need none. */
export function targetsOfView(
  targets: Targets,
  objects: readonly PictureObject[],
  { hasMasks, most, seed }: TargetOrder,
  { epoch, index }: { readonly epoch: number; readonly index: number },
): TargetValues {
  const kept = objects.length <= most ? objects : objects.toSorted((a, b) => areaOf(b) - areaOf(a)).slice(0, most);
  const truth: Truth = {
    boxes: Float32Array.from(kept.flatMap(({ xyxy }) => [...xyxy])),
    labels: Int32Array.from(kept, ({ label }) => label),
    ...(hasMasks ? { masks: kept.map((object) => maskOf(object, targets.canvas)) } : {}),
  };
  return targets.of(truth, rngFrom(seed, 'targets', epoch, index));
}

const areaOf = ({ xyxy: [x0, y0, x1, y1] }: PictureObject): number => (x1 - x0) * (y1 - y0);
