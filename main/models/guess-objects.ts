/** How a model tells of objects, guessed from names, types and shapes of its outputs and from what it said of a grey picture. */

import {
  FINISHED_NUMBERS,
  type FileFacts,
  GRID_STRIDES,
  type InputMapping,
  type OutputMapping,
  type ValueFacts,
} from '../../preload/contract/imported-models.ts';
import type { MANNERS } from './guess-input.ts';

export interface FoundOutput {
  readonly output: OutputMapping;
  readonly manner: keyof typeof MANNERS;
  /** Null where the file does not say how many. */
  readonly classCount: number | null;
  readonly words: string;
}

/** Of finished detections there are so many at most; of candidates there are more. */
const MOST_FINISHED = 1000;
/** Of queries in DETR, whose classes share one probability; its descendants have more. Source: Carion et al. 2020. */
const DETR_QUERIES = 100;
/** Boxes in fractions reach no further on a picture that is seen whole. */
const LARGEST_FRACTION = 2;

export interface NamedFor {
  /** Of the model's classes; null where nobody says. */
  readonly names: readonly string[] | null;
}

/** Null where nothing fits. */
export function guessObjects(model: FileFacts, input: InputMapping, given: NamedFor): FoundOutput | null {
  return guessBoxes(model) ?? guessQueries(model, given) ?? guessOneOutput(model, input, given);
}

/** As a run on a picture gave it, where the file leaves sides open. */
export const shapeOf = ({ shape, seen }: ValueFacts): readonly (number | null)[] =>
  seen !== null && seen.shape.length > 0 ? shape.map((side, i) => side ?? seen.shape[i] ?? null) : shape;

const isFloat = ({ type }: ValueFacts): boolean => type === 'float32';

/** Corners in fractions are known by their size, where some were seen; nobody who sees none can tell. */
function unitsOf({ seen }: ValueFacts): 'pixels' | 'fractions' {
  return seen !== null && seen.most > 0 && seen.most <= LARGEST_FRACTION ? 'fractions' : 'pixels';
}

function guessBoxes({ outputs }: FileFacts): FoundOutput | null {
  const named = (pattern: RegExp, fits: (value: ValueFacts) => boolean) => {
    const fitting = outputs.filter(fits);
    return fitting.find(({ name }) => pattern.test(name)) ?? (fitting.length === 1 ? fitting[0] : undefined);
  };
  const isList = ({ shape }: ValueFacts) =>
    shape.length === 1 || (shape.length === 2 && (shape[0] === 1 || shape[0] === null));
  const boxes = named(
    /box/i,
    (value) => isFloat(value) && [2, 3].includes(value.shape.length) && value.shape.at(-1) === 4,
  );
  const asFloats = outputs.find((value) => isFloat(value) && isList(value) && /label|class/i.test(value.name));
  const labels = named(/label|class/i, (value) => value.type.startsWith('int') && isList(value)) ?? asFloats;
  const scores = named(
    /score|conf/i,
    (value) => isFloat(value) && isList(value) && value !== labels && value !== boxes,
  );
  if (boxes === undefined || labels === undefined || scores === undefined) return null;
  const masks =
    named(/mask/i, (value) => isFloat(value) && value.shape.length >= 3 && value.shape.at(-1) !== 4) ?? null;
  const withMasks = masks === null ? '' : `, masks in "${masks.name}"`;
  // Source: the published exports of TensorFlow's detectors, which name their outputs so and put rows first.
  const isTensorFlow = /^detection_boxes/.test(boxes.name);
  const units = isTensorFlow ? 'fractions' : unitsOf(boxes);
  const corners = `${isTensorFlow ? 'top, left, bottom, right' : 'left, top, right, bottom'} in ${units}`;
  return {
    output: {
      kind: 'boxes',
      ...{ boxes: boxes.name, labels: labels.name, scores: scores.name, masks: masks?.name ?? null },
      ...{ order: isTensorFlow ? 'yxyx' : 'xyxy', units, first_label: 1 },
    },
    manner: isTensorFlow ? 'squeezed' : 'boxes',
    classCount: null,
    words: `boxes in "${boxes.name}", ${corners}, labels in "${labels.name}" where 0 is the background, scores in "${scores.name}"${withMasks}`,
  };
}

function guessQueries({ outputs }: FileFacts, { names }: NamedFor): FoundOutput | null {
  const rows = outputs.filter((value) => isFloat(value) && shapeOf(value).length === 3);
  const boxes = rows.find((value) => /box/i.test(value.name) && shapeOf(value)[2] === 4);
  const logits = rows.find(({ name }) => /logit/i.test(name));
  if (boxes === undefined || logits === undefined) return null;
  const [, count, numbers] = shapeOf(logits) as readonly [number | null, number | null, number | null];
  if (count !== shapeOf(boxes)[1] || numbers === null) return null;
  const hasNothing = names === null ? count === DETR_QUERIES : names.length === numbers - 1;
  const classCount = numbers - (hasNothing ? 1 : 0);
  if (classCount < 1) return null;
  return {
    output: { kind: 'queries', boxes: boxes.name, logits: logits.name, activation: hasNothing ? 'softmax' : 'sigmoid' },
    manner: hasNothing ? 'finer' : 'squeezed',
    classCount,
    words: `centres and sides in fractions in "${boxes.name}", ${numbers} numbers for the classes in "${logits.name}", ${hasNothing ? 'of which the last seems to be for nothing (softmax)' : 'each with a probability of its own (sigmoid)'}`,
  };
}

/** Where there is one output of rows; of two, nobody knows what is beside the other. */
function guessOneOutput({ outputs }: FileFacts, input: InputMapping, given: NamedFor): FoundOutput | null {
  const [value, ...others] = outputs.filter((one) => isFloat(one) && shapeOf(one).length === 3);
  if (value === undefined || others.length > 0) return null;
  const [, a, b] = shapeOf(value) as readonly [number | null, number | null, number | null];
  const isMap = a === b || (a === input.height && b === input.width);
  if (isMap) return null;
  return guessFinished(value, input) ?? guessCandidates(value, outputs, input, given);
}

function guessFinished(value: ValueFacts, input: InputMapping): FoundOutput | null {
  const [, count, numbers] = shapeOf(value) as readonly [number | null, number | null, number | null];
  const isFew = count !== null && count <= MOST_FINISHED;
  if (numbers !== FINISHED_NUMBERS || !isFew || count % cellsOf(input) === 0) return null;
  const units = unitsOf(value);
  return {
    output: { kind: 'finished', output: value.name, units },
    manner: 'candidates',
    classCount: null,
    words: `"${value.name}" has at most ${count} finished rows: left, top, right, bottom in ${units}, score, class`,
  };
}

function guessCandidates(
  value: ValueFacts,
  outputs: readonly ValueFacts[],
  input: InputMapping,
  { names }: NamedFor,
): FoundOutput | null {
  const [, a, b] = shapeOf(value) as readonly [number | null, number | null, number | null];
  if (a === null && b === null) return null;
  const order = b !== null && (a === null || b <= a) ? 'rows' : 'columns';
  const [count, numbers] = order === 'rows' ? [a, b!] : [b, a!];
  // Beside a set of masks, so many numbers say how a thing's own is mixed of them.
  const masks = outputs.find((one) => isFloat(one) && shapeOf(one).length === 4);
  const mixed = masks?.shape[1] ?? 0;
  const wanted = names === null ? null : numbers - mixed - names.length;
  const has_objectness = wanted === 5 || (wanted !== 4 && order === 'rows');
  const first = has_objectness ? 5 : 4;
  const extra = mixed + (wanted === null || wanted < first ? 0 : wanted - first);
  const classCount = numbers - first - extra;
  if (classCount < 1) return null;
  const cells = cellsOf(input);
  const isGrid = has_objectness && count === cells;
  const units = isGrid ? 'grid' : 'pixels';
  const shape = `${order} of ${numbers} numbers, ${has_objectness ? 'one of them how sure it is an object' : 'none of them for the object itself'}`;
  const inGrid = isGrid
    ? `; ${cells} rows are one for each cell of strides 8, 16 and 32, so boxes seem to be in cells`
    : '';
  const prototypes = mixed > 0 && mixed <= extra ? masks!.name : null;
  const outlines = prototypes === null ? '' : `; ${mixed} numbers after them mix its mask of those in "${prototypes}"`;
  const unreadCount = prototypes === null ? extra : extra - mixed;
  const unread = unreadCount === 0 ? '' : `; ${unreadCount} numbers at the end, for key points or masks, are not read`;
  const overlap = { activation: 'none', extra, prototypes, overlap: 0.45 } as const;
  return {
    output: { kind: 'candidates', output: value.name, order, has_objectness, units, ...overlap },
    manner: isGrid ? 'grid' : 'candidates',
    classCount,
    words: `"${value.name}" has candidates in ${shape}, so ${classCount} classes${inGrid}${outlines}${unread}`,
  };
}

/** Of all levels of the pyramid over such a picture. */
const cellsOf = ({ width, height }: InputMapping): number =>
  GRID_STRIDES.reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0);
