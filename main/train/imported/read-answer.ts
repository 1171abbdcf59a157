/** What the answers of a model from elsewhere mean: classes of a picture, or objects on the canvas it was shown. */

import { pastedMask } from '../../../native-models/detection/paste-mask.ts';
import { boxArea, boxIou, boxNumbers, type Size, toFractions, type Xyxy } from '../../../native-models/geometry/box.ts';
import { type Mask, maskFromPart } from '../../../native-models/geometry/mask.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import { GRID_STRIDES, type OutputMapping } from '../../../preload/contract/imported-models.ts';
import { probabilitiesOf, sigmoid } from '../probabilities.ts';
import type { ScoredObject } from '../protocol.ts';
import type { Feeds } from '../runtime.ts';
import {
  bestFirst,
  boxReader,
  type Floats,
  floats,
  LEAST_SCORE,
  MOST_OBJECTS,
  misfit,
  type Shown,
  taken,
  wholePixels,
} from './answer-parts.ts';
import { mixedMask, prototypesOf } from './mixed-masks.ts';
import { readFinished, readQueries } from './read-rows.ts';

type Of<K extends OutputMapping['kind']> = Extract<OutputMapping, { kind: K }>;

/** Candidates that are compared with each other, the best of them. */
const MOST_CANDIDATES = 3000;
const MASK_THRESHOLD = 0.5;

/** Shapes: -> probabilities [classes]. Errors: model-invalid. */
export function readClasses(results: Feeds, { scores, activation }: Of<'classes'>, classCount: number): number[] {
  const values = floats(results, scores);
  const isWhole = values.data.length === classCount && values.data.every(Number.isFinite);
  if (!isWhole) throw misfit(scores, values, `${classCount} finite numbers, one a class`);
  return activation === 'none'
    ? Array.from(values.data, (p) => Math.min(1, Math.max(0, p)))
    : probabilitiesOf(values.data, activation);
}

/** Best first. Errors: model-invalid. */
export function readObjects(
  results: Feeds,
  output: Exclude<OutputMapping, Of<'classes'>>,
  classCount: number,
  shown: Shown,
): ScoredObject[] {
  switch (output.kind) {
    case 'boxes':
      return readBoxes(results, output, classCount, shown);
    case 'candidates':
      return readCandidates(results, output, classCount, shown);
    case 'finished':
      return readFinished(results, output, classCount, shown);
    case 'queries':
      return readQueries(results, output, classCount, shown);
    default:
      return output satisfies never;
  }
}

function readBoxes(results: Feeds, output: Of<'boxes'>, classCount: number, shown: Shown): ScoredObject[] {
  const boxes = floats(results, output.boxes);
  const scores = floats(results, output.scores);
  const labels = Array.from(taken(results, output.labels).data as ArrayLike<number | bigint>, Number);
  const count = scores.data.length;
  if (boxes.data.length !== 4 * count || labels.length !== count) {
    throw misfit(output.boxes, boxes, `4 numbers for each of ${count} scores and ${labels.length} labels`);
  }
  const masks = output.masks === null ? null : floats(results, output.masks);
  const toBox = boxReader(output.units, shown);
  return bestFirst(scores.data)
    .slice(0, MOST_OBJECTS)
    .flatMap((i): ScoredObject[] => {
      const label = labels[i]! - output.first_label;
      if (label < 0 || label >= classCount) return [];
      const [a, b, c, d] = boxNumbers(boxes.data, 4 * i);
      const box = toBox(output.order === 'xyxy' ? [a, b, c, d] : [b, a, d, c]);
      if (boxArea(box) <= 0) return [];
      const mask = masks === null ? null : maskAt(masks, i, count, box, shown, output.masks!);
      return [{ label, score: Math.min(1, scores.data[i]!), fractions: toFractions(box, shown.size), mask }];
    });
}

/** Small masks are of their own boxes, those as large as the canvas are of all of it. */
function maskAt(masks: Floats, i: number, count: number, box: Xyxy, shown: Shown, name: string): Mask {
  const [h, w] = masks.dims.slice(-2) as [number, number];
  if (masks.data.length !== count * h * w) throw misfit(name, masks, `a mask for each of ${count} scores`);
  const values = masks.data.subarray(i * h * w, (i + 1) * h * w);
  const { input, placement, size } = shown;
  if (h === w && (h !== input.height || w !== input.width)) return pastedMask(values, box, size, MASK_THRESHOLD);
  const area = wholePixels(box, size);
  const [x0, y0, x1, y1] = area;
  const { crop, paste } = placement;
  const [across, down] = [(paste.w / crop.w) * (w / input.width), (paste.h / crop.h) * (h / input.height)];
  const [left, top] = [(paste.x * w) / input.width, (paste.y * h) / input.height];
  const part = new Uint8Array((x1 - x0) * (y1 - y0));
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) {
      const column = Math.min(w - 1, Math.max(0, Math.floor(left + (x + 0.5 - crop.x) * across)));
      const row = Math.min(h - 1, Math.max(0, Math.floor(top + (y + 0.5 - crop.y) * down)));
      part[(y - y0) * (x1 - x0) + x - x0] = values[row * w + column]! > MASK_THRESHOLD ? 1 : 0;
    }
  return maskFromPart(part, area, size);
}

interface Candidate {
  readonly box: Xyxy;
  readonly label: number;
  readonly score: number;
  /** Which of all it is. */
  readonly index: number;
}

function readCandidates(results: Feeds, output: Of<'candidates'>, classCount: number, shown: Shown): ScoredObject[] {
  const values = floats(results, output.output);
  const first = output.has_objectness ? 5 : 4;
  const numbers = first + classCount + output.extra;
  const [rows, columns] = values.dims.slice(-2) as [number, number];
  const [count, width] = output.order === 'rows' ? [rows, columns] : [columns, rows];
  if (width !== numbers || values.data.length !== rows * columns) {
    throw misfit(output.output, values, `${output.order} of ${numbers} numbers for ${classCount} classes`);
  }
  const at = (i: number, k: number) => values.data[output.order === 'rows' ? i * numbers + k : k * count + i]!;
  const number = output.activation === 'sigmoid' ? (i: number, k: number) => sigmoid(at(i, k)) : at;
  const toBox = boxReader(output.units === 'fractions' ? 'fractions' : 'pixels', shown);
  const cells = output.units === 'grid' ? cellsOf(shown.input, count, output.output) : null;
  const found: Candidate[] = [];
  for (let i = 0; i < count; i++) {
    const sure = output.has_objectness ? number(i, 4) : 1;
    if (!(sure >= LEAST_SCORE)) continue;
    let [label, best] = [0, 0];
    for (let k = 0; k < classCount; k++) {
      const value = number(i, first + k);
      if (value > best) [label, best] = [k, value];
    }
    const score = sure * best;
    if (!(score >= LEAST_SCORE)) continue;
    const [cx, cy, w, h] = centred([at(i, 0), at(i, 1), at(i, 2), at(i, 3)], cells?.[i] ?? null);
    const box = toBox([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]);
    if (boxArea(box) > 0) found.push({ box, label, score: Math.min(1, score), index: i });
  }
  const maskOf = maskReader(results, output, shown, (i, k) => at(i, first + classCount + k));
  return distinct(found, output.overlap).map(({ box, label, score, index }) => {
    return { label, score, fractions: toFractions(box, shown.size), mask: maskOf(index, box) };
  });
}

/** `extra`: of a candidate, one of its numbers after those of the classes. */
function maskReader(
  results: Feeds,
  { prototypes: name, extra: extraCount }: Of<'candidates'>,
  shown: Shown,
  extra: (i: number, k: number) => number,
): (i: number, box: Xyxy) => Mask | null {
  if (name === null) return () => null;
  const values = floats(results, name);
  const prototypes = prototypesOf(values, name);
  const { count } = prototypes;
  if (count > extraCount) throw misfit(name, values, `as many masks as a candidate has numbers for: ${extraCount}`);
  return (i, box) =>
    mixedMask(
      prototypes,
      Float32Array.from({ length: count }, (_, k) => extra(i, k)),
      box,
      shown,
    );
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly stride: number;
}

type Centred = readonly [cx: number, cy: number, w: number, h: number];

/** Source: Ge et al. 2021, "YOLOX", the decoupled head: offsets in cells, sides as logarithms of cells. */
const centred = ([x, y, w, h]: Centred, cell: Cell | null): Centred =>
  cell === null
    ? [x, y, w, h]
    : [(x + cell.x) * cell.stride, (y + cell.y) * cell.stride, Math.exp(w) * cell.stride, Math.exp(h) * cell.stride];

function cellsOf({ width, height }: Size, count: number, name: string): Cell[] {
  const cells = GRID_STRIDES.flatMap((stride) => {
    const [columns, rows] = [Math.floor(width / stride), Math.floor(height / stride)];
    return Array.from({ length: columns * rows }, (_, i) => ({ x: i % columns, y: Math.floor(i / columns), stride }));
  });
  if (cells.length === count) return cells;
  const message = `output "${name}" has ${count} candidates, and ${width} x ${height} pixels have ${cells.length} cells`;
  throw new AppError('model-invalid', message, { output: name, expected: cells.length, got: count });
}

/** Of candidates of a class that overlap, the best. */
function distinct(found: readonly Candidate[], overlap: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const one of found.toSorted((a, b) => b.score - a.score).slice(0, MOST_CANDIDATES)) {
    if (kept.length === MOST_OBJECTS) break;
    if (!kept.some((other) => other.label === one.label && boxIou(one.box, other.box) > overlap)) kept.push(one);
  }
  return kept;
}
