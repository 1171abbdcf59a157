/** The layout of `detection-parts.json` and of the files of detectors; `make-detection-fixtures.py` says what each part means. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../build/source-files.ts';
import type { Feeds } from '../../main/train/runtime.ts';
import { Tensor } from '../../main/train/runtime.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { ProposalTargets } from '../../native-models/detection/proposal-targets.ts';
import type { Sample } from '../../native-models/detection/sampler.ts';
import type { Targets, Truth } from '../../native-models/detection/truth.ts';
import type { Size } from '../../native-models/geometry/box.ts';
import { maskFromBitmap } from '../../native-models/geometry/mask.ts';
import type { RcnnLimits } from '../../native-models/models/faster-rcnn.ts';
import { type Network, namedParameters } from '../../native-models/nn/module.ts';
import type { TrainingProgram } from '../../native-models/training/program.ts';
import { memorySource } from '../../native-models/weights/byte-source.ts';
import { type Match, matchWeights } from '../../native-models/weights/match.ts';
import { readWeights } from '../../native-models/weights/read-weights.ts';
import { fixtureDirection, fixtureHashes, fixtureTensor, fixtureWeights } from './fixture-weights.ts';
import { torchFileOf } from './torch-files.ts';

/** L2 norm, and dot product with the direction of that name. */
type Summary = readonly [norm: number, dot: number];

export interface DetectorFixture {
  readonly classes: number;
  readonly canvas: Size;
  readonly sizes: readonly Size[];
  readonly factors: readonly (readonly [ending: string, factor: number])[];
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly truths: readonly (readonly { readonly boxes: number[][]; readonly labels: number[] }[])[];
  readonly cases: readonly {
    readonly losses: Readonly<Record<string, number>>;
    readonly gradients: Readonly<Record<string, Summary>>;
  }[];
  readonly raw: Readonly<Record<string, Summary>>;
  readonly thresholds: { readonly score: number; readonly overlap: number; readonly most: number };
  readonly detections: readonly {
    readonly boxes: readonly number[];
    readonly labels: readonly number[];
    readonly scores: readonly number[];
    readonly pasted?: Summary;
  }[];
}

/** The rest of a two-stage detector's file. */
export interface TwoStageFixture extends DetectorFixture {
  readonly limits: RcnnLimits & { readonly mostTruths: number };
  readonly samples: readonly (readonly (Sample & { readonly proposals: number })[])[];
}

interface AnchorsEntry {
  readonly canvas: readonly [height: number, width: number];
  readonly counts: readonly number[];
  readonly firsts: readonly (readonly number[])[];
  readonly summary: Summary;
}

export interface DetectionParts {
  readonly anchors: Readonly<Record<'retina' | 'rcnn', readonly AnchorsEntry[]>>;
  readonly matches: readonly {
    readonly foreground: number;
    readonly background: number;
    readonly boxes: readonly number[];
    readonly truths: readonly number[];
    readonly matches: readonly number[];
  }[];
  readonly codes: readonly {
    readonly centre: number;
    readonly size: number;
    readonly boxes: readonly number[];
    readonly references: readonly number[];
    readonly encoded: readonly number[];
    readonly codes: readonly number[];
    readonly decoded: readonly number[];
  }[];
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'torch', `${name}.json`), 'utf8'));

export const detectionParts = (): DetectionParts => read('detection-parts') as DetectionParts;
export const detectorFixture = <F extends DetectorFixture = DetectorFixture>(name: string): F => read(name) as F;

/** How torchvision's detectors turn pixels into their input. */
export const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

export function summaryOf(name: string, data: ArrayLike<number>): Summary {
  const direction = fixtureDirection(name, [data.length]).data;
  let [square, dot] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    square += data[i]! ** 2;
    dot += data[i]! * direction[i]!;
  }
  return [Math.sqrt(square), dot];
}

/** The parameters' values. */
function detectorWeights({ parameters, factors }: DetectorFixture): Map<string, Float32Array> {
  const shapes = Object.entries(parameters).map(([name, shape]) => ({ name, shape }));
  return new Map(
    [...fixtureWeights(shapes)].map(([name, { data }]) => {
      const factor = factors.find(([ending]) => name.endsWith(ending))?.[1] ?? 1;
      return [name, data.map((value) => value * factor)] as const;
    }),
  );
}

/**
 * How the same values are found in a torch checkpoint that has them under the names of torchvision's published files, read
 * as training reads what it starts from.
 */
export function matchOfPublished(model: Network, fixture: DetectorFixture, network: string): Match {
  const names = read('detector-names') as Readonly<Record<string, Readonly<Record<string, string>>>>;
  const firstNames = new Map(Object.entries(names[network]!).map(([first, own]) => [own, first]));
  const tensors = [...detectorWeights(fixture)].map(
    ([name, data]) => [firstNames.get(name) ?? name, { shape: fixture.parameters[name]!, data }] as const,
  );
  const file = readWeights(memorySource(torchFileOf(new Map(tensors))));
  return matchWeights(namedParameters(model), file, { headPrefixes: [] });
}

/** The images at the top left of their canvases, with noise beside them, and their sizes. */
export function imageFeeds({ canvas, sizes }: DetectorFixture): { images: Tensor; image_sizes: Tensor } {
  const { width, height } = canvas;
  const pixels = new Uint8Array(sizes.length * 3 * height * width);
  fixtureHashes('beside', pixels.length).forEach((hash, i) => {
    pixels[i] = hash % 256;
  });
  sizes.forEach((size, image) => {
    const own = fixtureHashes(`image ${image}`, 3 * size.height * size.width);
    own.forEach((hash, i) => {
      const [channel, row] = [Math.floor(i / (size.width * size.height)), Math.floor(i / size.width) % size.height];
      pixels[((image * 3 + channel) * height + row) * width + (i % size.width)] = hash % 256;
    });
  });
  const flat = Float32Array.from(sizes.flatMap((size) => [size.width, size.height]));
  return {
    images: new Tensor('uint8', pixels, [sizes.length, 3, height, width]),
    image_sizes: new Tensor('float32', flat, [sizes.length, 2]),
  };
}

export const truthsOf = (recorded: DetectorFixture['truths'][number], { canvas, sizes }: DetectorFixture): Truth[] =>
  recorded.map(({ boxes, labels }, image) => ({
    boxes: Float32Array.from(boxes.flat()),
    labels: Int32Array.from(labels),
    masks: boxes.map((box) => maskFromBitmap(ellipse(box, canvas, sizes[image]!), canvas)),
  }));

/** The pixels of an image whose centres lie in the ellipse that fills a box, on a canvas. */
function ellipse([x0, y0, x1, y1]: readonly number[], canvas: Size, image: Size): Uint8Array {
  const offset = (at: number, low: number, high: number) => (2 * (at + 0.5) - low - high) / (high - low);
  return Uint8Array.from({ length: canvas.width * canvas.height }, (_, i) => {
    const [row, column] = [Math.floor(i / canvas.width), i % canvas.width];
    const distance = offset(column, x0!, x1!) ** 2 + offset(row, y0!, y1!) ** 2;
    return Number(distance <= 1 && column < image.width && row < image.height);
  });
}

/** What a step is fed of the truth of its images. */
export function targetFeeds(targets: Targets, truths: readonly Truth[], samples: readonly Sample[] | null): Feeds {
  const made = truths.map((truth, image) => {
    if (targets instanceof ProposalTargets) return targets.ofSample(truth, samples![image]!);
    return targets.of(truth, rngFrom(1, 'targets', image));
  });
  return Object.fromEntries(
    targets.fed.map(({ name, dtype, shape }) => {
      const all = made.flatMap((values) => [...values.get(name)!]);
      const data = { int32: Int32Array, float32: Float32Array, uint8: Uint8Array }[dtype].from(all);
      return [name, new Tensor(dtype, data, [truths.length, ...shape])] as const;
    }),
  );
}

/** The numbers by which torch's proposals were sampled, for `noises` of [B,P]. */
export function noiseFeeds(noises: TrainingProgram['noises']): Feeds {
  return Object.fromEntries(
    noises.map(({ name, shape }) => {
      const [batch, count] = shape as [number, number];
      const rows = Array.from({ length: batch }, (_, image) => [
        ...fixtureTensor(`noise ${image}`, [count], 0.5, 0.5).data,
      ]);
      return [name, new Tensor('float32', Float32Array.from(rows.flat()), [batch, count])] as const;
    }),
  );
}
