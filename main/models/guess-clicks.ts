/**
 * Which input of a pair of files is what, guessed from names, types and shapes.
 * Source: Segment Anything's published export (Kirillov et al. 2023) and those of its descendants, which hand over more
 * embeddings, leave inputs out, or call them otherwise.
 */

import type { ClickMapping, FileFacts, ValueFacts } from '../../preload/contract/imported-models.ts';
import { guessInput, inputWords, MANNERS, type Manner, pictureInput } from './guess-input.ts';
import type { Guessed } from './guess-mapping.ts';

const SIDE = 1024;

type Role = Exclude<keyof ClickMapping, 'kind' | 'input' | 'embeddings' | 'masks' | 'scores' | 'box'>;

const NAMES: Readonly<Record<Role, RegExp>> = {
  has_mask_input: /^has_?mask/i,
  mask_input: /^(mask_?inputs?|input_?masks?|low_?res)/i,
  orig_im_size: /^(orig|im(age)?_?size|original)/i,
  point_labels: /label/i,
  point_coords: /coord|point/i,
};

export function guessClicks(encoder: FileFacts, decoder: FileFacts): Guessed {
  const picture = pictureInput(encoder);
  const takesPoints = ({ inputs }: FileFacts) => inputs.some(({ name }) => NAMES.point_coords.test(name));
  if (picture === null || (takesPoints(encoder) && !takesPoints(decoder))) {
    return { mapping: null, guesses: ['the first file takes no picture: are the two files the other way round?'] };
  }
  const roles = new Map<string, string>();
  const left: ValueFacts[] = [];
  for (const value of decoder.inputs) {
    const role = Object.entries(NAMES).find(([name, pattern]) => pattern.test(value.name) && !roles.has(name));
    if (role === undefined) left.push(value);
    else roles.set(role[0], value.name);
  }
  const [coords, labels] = [roles.get('point_coords'), roles.get('point_labels')];
  if (coords === undefined || labels === undefined) {
    const got = decoder.inputs.map(({ name }) => `"${name}"`).join(', ');
    return { mapping: null, guesses: [`the second file takes no points and labels of points; it takes ${got}`] };
  }
  const embeddings = paired(left, encoder.outputs);
  if (typeof embeddings === 'string') return { mapping: null, guesses: [embeddings] };
  const masks = masksOf(decoder);
  if (masks === null)
    return { mapping: null, guesses: ['the second file gives no masks: expected an output of rank 4'] };
  const scores = decoder.outputs.find(({ name }) => /iou|score/i.test(name))?.name ?? null;
  const input = guessInput(picture, mannerOf(picture, coords, embeddings), SIDE);
  // Such files come with a third for boxes, or with none.
  const isOfClicksAlone = embeddings.some(({ from }) => /positional/i.test(from));
  const optional = (role: Role) => roles.get(role) ?? null;
  const mapping: ClickMapping = {
    ...{ kind: 'clicks', input, embeddings, point_coords: coords, point_labels: labels },
    ...{ mask_input: optional('mask_input'), has_mask_input: optional('has_mask_input') },
    ...{ orig_im_size: optional('orig_im_size'), masks, scores, box: isOfClicksAlone ? 'middle' : 'corners' },
  };
  const handed = embeddings.map(({ from, to }) => (from === to ? `"${from}"` : `"${from}" as "${to}"`)).join(', ');
  const guesses = [
    inputWords(input, picture),
    `the first file hands over ${handed}`,
    `points in "${coords}", what they say in "${labels}", masks in "${masks}"${scores === null ? '' : `, how good they are in "${scores}"`}`,
    ...(isOfClicksAlone ? ['the second file knows clicks alone: a box is a click in its middle'] : []),
  ];
  return { mapping, guesses };
}

/** What the picture is like depends on who has exported the pair. */
function mannerOf(picture: ValueFacts, coords: string, embeddings: ClickMapping['embeddings']): Manner {
  if (embeddings.some(({ from }) => /high_?res/i.test(from))) return MANNERS.finer;
  // EfficientSAM's does all but the division itself.
  if (/^batched/i.test(coords)) return MANNERS.squeezed;
  // A picture without a side for several is prepared by the file itself.
  return picture.shape.length === 3 ? MANNERS.plainClicks : MANNERS.clicks;
}

/** By name, else by shape where only one is left that fits; words where an input stays without. */
function paired(inputs: readonly ValueFacts[], outputs: readonly ValueFacts[]): ClickMapping['embeddings'] | string {
  const free = new Set(outputs);
  const pairs: { from: string; to: string }[] = [];
  const take = (input: ValueFacts, output: ValueFacts) => {
    free.delete(output);
    pairs.push({ from: output.name, to: input.name });
  };
  const waiting = inputs.filter((input) => {
    const same = outputs.find(({ name }) => name === input.name);
    if (same !== undefined && fits(input, same)) take(input, same);
    return same === undefined || !fits(input, same);
  });
  for (const input of waiting) {
    const [output] = [...free].filter((one) => one.type === input.type && fits(input, one));
    if (output === undefined) {
      const given = outputs.map(({ name, shape }) => `"${name}" ${shapeWords(shape)}`).join(', ');
      return `the second file needs "${input.name}" ${shapeWords(input.shape)}, and the first gives ${given}: the two do not belong together`;
    }
    take(input, output);
  }
  return pairs.length > 0 ? pairs : 'the second file takes nothing that the first gives';
}

const fits = (input: ValueFacts, output: ValueFacts): boolean => {
  const given = output.seen?.shape ?? output.shape;
  return (
    input.shape.length === given.length &&
    input.shape.every((side, i) => side === null || given[i] === null || side === given[i])
  );
};

const shapeWords = (shape: ValueFacts['shape']): string => `[${shape.map((side) => side ?? '?').join(', ')}]`;

/**
 * Small masks of all that the model was shown rather than masks at the picture's size: in some exports those are cut to the
 * proportions of the picture they were exported with.
 */
function masksOf({ outputs }: FileFacts): string | null {
  const fitting = outputs.filter(({ type, shape }) => type === 'float32' && (shape.length >= 4 || shape.length === 0));
  const masks = fitting.filter(({ name }) => /mask/i.test(name));
  return (masks.find(({ name }) => /low/i.test(name)) ?? masks[0] ?? fitting[0])?.name ?? null;
}
