/** What a model's answers mean, guessed from the names and shapes of its outputs; every guess is told in words. */

import type { ClassMapping, FileFacts, ModelMapping, ValueFacts } from '../../preload/contract/imported-models.ts';
import { isClassification, type Task } from '../../preload/contract/tasks.ts';
import { guessInput, inputWords, MANNERS, pictureInput } from './guess-input.ts';
import { type FoundOutput, guessObjects, shapeOf } from './guess-objects.ts';

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
/** How far sums of probabilities may be off. */
const ROUNDING = 1e-3;

export function guessMapping(model: FileFacts, given: GuessedFor): Guessed {
  const value = pictureInput(model);
  if (value === null)
    return nothing('no input takes a picture: expected float32 or uint8 of rank 4 with 1 or 3 channels');
  const others = model.inputs.filter(({ name }) => name !== value.name);
  if (others.length > 0)
    return nothing(`besides a picture the model needs ${valueWords(others)}, which nobody can give it`);
  const isOfImages = isClassification(given.task);
  const side = isOfImages ? CLASSIFIER_SIDE : DETECTOR_SIDE;
  const size = guessInput(value, MANNERS.classes, side);
  const found = isOfImages ? guessClasses(model, given) : guessObjects(model, size, given);
  if (found === null) return nothing(misfit(model, isOfImages));
  const input = guessInput(value, MANNERS[found.manner], side);
  const { classes, words } = guessClassMapping(found.classCount, given);
  const guesses = [inputWords(input, value), found.words, ...words];
  return { mapping: { kind: 'mapped', input, output: found.output, classes }, guesses };
}

const nothing = (reason: string): Guessed => ({ mapping: null, guesses: [reason] });

function misfit({ outputs }: FileFacts, isOfImages: boolean): string {
  const got = valueWords(outputs);
  const wanted = isOfImages
    ? 'an output with a number for each class'
    : 'outputs with boxes, labels and scores, with boxes and logits of queries, or one with all candidates';
  return `the project needs ${wanted}; the model has ${got}`;
}

const valueWords = (values: readonly ValueFacts[]): string =>
  values.map(({ name, type, shape }) => `"${name}" ${type} [${shape.map((side) => side ?? '?')}]`).join(', ');

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
