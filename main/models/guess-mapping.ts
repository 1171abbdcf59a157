/** What a model's answers mean, guessed from the names and shapes of its outputs; every guess is told in words. */

import type {
  ClassMapping,
  FileFacts,
  InputMapping,
  ModelMapping,
  OutputMapping,
  ValueFacts,
} from '../../preload/contract/imported-models.ts';
import { ClassificationTask, type Task } from '../../preload/contract/tasks.ts';
import { guessInput, inputWords, MANNERS, pictureInput } from './guess-input.ts';

export interface Guessed {
  /** Null where nothing fits, for the reason that is the last of `guesses`. */
  readonly mapping: ModelMapping | null;
  readonly guesses: readonly string[];
}

export interface GuessedFor {
  readonly task: Task;
  readonly projectClasses: readonly string[];
  /** Of the model's classes; null where nobody says. */
  readonly names: readonly string[] | null;
}

const CLASSIFIER_SIDE = 224;
const DETECTOR_SIDE = 640;
/** Source: the papers of the YOLO family; levels of the pyramid. */
const STRIDES = [8, 16, 32];
/** How far sums of probabilities may be off. */
const ROUNDING = 1e-3;

export function guessMapping(model: FileFacts, given: GuessedFor): Guessed {
  const value = pictureInput(model);
  if (value === null)
    return nothing('no input takes a picture: expected float32 or uint8 of rank 4 with 1 or 3 channels');
  const isOfImages = ClassificationTask.safeParse(given.task).success;
  const side = isOfImages ? CLASSIFIER_SIDE : DETECTOR_SIDE;
  const size = guessInput(value, MANNERS.classes, side);
  const found = isOfImages ? guessClasses(model, given) : (guessBoxes(model) ?? guessCandidates(model, size, given));
  if (found === null) return nothing(misfit(model, isOfImages));
  const input = guessInput(value, MANNERS[found.manner], side);
  const { classes, words } = guessClassMapping(found.classCount, given);
  const guesses = [inputWords(input, value), found.words, ...words];
  return { mapping: { kind: 'mapped', input, output: found.output, classes }, guesses };
}

const nothing = (reason: string): Guessed => ({ mapping: null, guesses: [reason] });

interface FoundOutput {
  readonly output: OutputMapping;
  readonly manner: keyof typeof MANNERS;
  /** Null where the file does not say how many. */
  readonly classCount: number | null;
  readonly words: string;
}

function misfit({ outputs }: FileFacts, isOfImages: boolean): string {
  const got = outputs.map(({ name, type, shape }) => `"${name}" ${type} [${shape.map((s) => s ?? '?')}]`).join(', ');
  const wanted = isOfImages
    ? 'an output with a number for each class'
    : 'outputs with boxes, labels and scores, or one with all candidates';
  return `the project needs ${wanted}; the model has ${got}`;
}

/** As a run on a picture gave it, where the file leaves sides open. */
const shapeOf = ({ shape, seen }: ValueFacts): readonly (number | null)[] =>
  seen !== null && seen.shape.length > 0 ? shape.map((side, i) => side ?? seen.shape[i] ?? null) : shape;

function guessClasses({ outputs }: FileFacts, { task }: GuessedFor): FoundOutput | null {
  const value = outputs.find((one) => {
    const sides = shapeOf(one);
    return one.type === 'float32' && sides.length >= 1 && sides.slice(2).every((side) => side === 1);
  });
  if (value === undefined) return null;
  const sides = shapeOf(value);
  const classCount = (sides.length === 1 ? sides[0] : sides[1]) ?? null;
  const { seen } = value;
  const isProbable = seen !== null && seen.least >= 0 && seen.most <= 1;
  const isSpread = isProbable && Math.abs(seen.sum - 1) < ROUNDING;
  const isSingle = task === 'image-classification';
  const activation = isSpread || (isProbable && !isSingle) ? 'none' : isSingle ? 'softmax' : 'sigmoid';
  const why = activation === 'none' ? 'probabilities' : `no probabilities yet: ${activation} makes them`;
  return {
    output: { kind: 'classes', scores: value.name, activation },
    manner: 'classes',
    classCount,
    words: `"${value.name}" has ${classCount ?? 'some'} classes, ${why}`,
  };
}

function guessBoxes({ outputs }: FileFacts): FoundOutput | null {
  const named = (pattern: RegExp, fits: (value: ValueFacts) => boolean) => {
    const fitting = outputs.filter(fits);
    return fitting.find(({ name }) => pattern.test(name)) ?? (fitting.length === 1 ? fitting[0] : undefined);
  };
  const isList = ({ shape }: ValueFacts) => shape.length === 1 || (shape.length === 2 && shape[0] === 1);
  const boxes = named(
    /box/i,
    ({ type, shape }) => type === 'float32' && [2, 3].includes(shape.length) && shape.at(-1) === 4,
  );
  const labels = named(/label|class/i, (value) => value.type.startsWith('int') && isList(value));
  const scores = named(/score|conf/i, (value) => value.type === 'float32' && isList(value));
  if (boxes === undefined || labels === undefined || scores === undefined) return null;
  const masks =
    named(/mask/i, ({ type, shape }) => type === 'float32' && shape.length >= 3 && shape.at(-1) !== 4) ?? null;
  const withMasks = masks === null ? '' : `, masks in "${masks.name}"`;
  return {
    output: {
      kind: 'boxes',
      ...{ boxes: boxes.name, labels: labels.name, scores: scores.name, masks: masks?.name ?? null },
      ...{ units: 'pixels', first_label: 1 },
    },
    manner: 'boxes',
    classCount: null,
    words: `boxes in "${boxes.name}", labels in "${labels.name}" where 0 is the background, scores in "${scores.name}"${withMasks}`,
  };
}

function guessCandidates(
  { outputs }: FileFacts,
  { width, height }: InputMapping,
  { names }: GuessedFor,
): FoundOutput | null {
  const value = outputs.find((one) => one.type === 'float32' && shapeOf(one).length === 3);
  if (value === undefined) return null;
  const [, a, b] = shapeOf(value) as readonly [number | null, number | null, number | null];
  if (a === null && b === null) return null;
  const order = b !== null && (a === null || b <= a) ? 'rows' : 'columns';
  const [count, numbers] = order === 'rows' ? [a, b!] : [b, a!];
  const wanted = names === null ? null : numbers - names.length;
  const has_objectness = wanted === 5 || (wanted !== 4 && order === 'rows');
  const classCount = numbers - (has_objectness ? 5 : 4);
  if (classCount < 1) return null;
  const cells = STRIDES.reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0);
  const isGrid = has_objectness && count === cells;
  const units = isGrid ? 'grid' : 'pixels';
  const shape = `${order} of ${numbers} numbers, ${has_objectness ? 'one of them how sure it is an object' : 'none of them for the object itself'}`;
  const inGrid = isGrid
    ? `; ${cells} rows are one for each cell of strides 8, 16 and 32, so boxes seem to be in cells`
    : '';
  return {
    output: { kind: 'candidates', output: value.name, order, has_objectness, units, activation: 'none', overlap: 0.45 },
    manner: isGrid ? 'grid' : 'candidates',
    classCount,
    words: `"${value.name}" has candidates in ${shape}, so ${classCount} classes${inGrid}`,
  };
}

/** Errors are told as guesses: a person puts them right. */
export function guessClassMapping(
  count: number | null,
  { names, projectClasses }: Pick<GuessedFor, 'names' | 'projectClasses'>,
): { readonly classes: ClassMapping[]; readonly words: readonly string[] } {
  const wrong = names !== null && count !== null && names.length !== count;
  const usable = names !== null && !wrong ? names : null;
  const inOrder = usable === null && (count === null || count === projectClasses.length);
  const called = usable ?? (inOrder ? projectClasses : Array.from({ length: count ?? 0 }, (_, i) => `class ${i}`));
  const own = new Map(projectClasses.map((name) => [name.toLowerCase(), name]));
  const matched = called.filter((name) => own.has(name.toLowerCase())).length;
  const classes = (called.length === 0 ? ['class 0'] : called).map((name) => {
    const made = matched === 0 && usable !== null ? name : null;
    return { name, to: own.get(name.toLowerCase()) ?? made };
  });
  const words = [
    ...(wrong ? [`${names.length} names were given and the model has ${count} classes: they are not used`] : []),
    ...(usable === null
      ? [
          `nobody says what its classes are called: ${inOrder ? "the project's are taken in their order" : 'they are numbered'}`,
        ]
      : []),
    matched > 0
      ? `${matched} of ${classes.length} classes have the name of one of the project; the others are left out`
      : usable === null
        ? 'none of its classes is one of the project: say which is which'
        : 'none of its classes is one of the project: each becomes one when it is first used',
  ];
  return { classes, words };
}
