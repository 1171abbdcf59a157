/** Models from elsewhere and their mappings, in words. */

import type { InputMapping, ModelMapping, OutputMapping } from '../../../preload/contract/imported-models.ts';

type Words<T extends string> = readonly { readonly id: T; readonly label: string }[];
type Candidates = Extract<OutputMapping, { kind: 'candidates' }>;
type Boxes = Extract<OutputMapping, { kind: 'boxes' }>;
type Queries = Extract<OutputMapping, { kind: 'queries' }>;
type Classes = Extract<OutputMapping, { kind: 'classes' }>;

export const LAYOUTS: Words<InputMapping['layout']> = [
  { id: 'nchw', label: 'channels first (NCHW)' },
  { id: 'nhwc', label: 'channels last (NHWC)' },
  { id: 'hwc', label: 'channels last, one picture (HWC)' },
];
export const COLOURS: Words<InputMapping['colour']> = [
  { id: 'rgb', label: 'RGB' },
  { id: 'bgr', label: 'BGR' },
  { id: 'grey', label: 'grey' },
];
export const FITS: Words<InputMapping['fit']> = [
  { id: 'letterbox', label: 'whole, in the middle' },
  { id: 'corner', label: 'whole, at the top left' },
  { id: 'squeeze', label: 'squeezed' },
  { id: 'crop', label: 'its middle' },
];
export const ACTIVATIONS: Words<Classes['activation']> = [
  { id: 'none', label: 'probabilities' },
  { id: 'softmax', label: 'logits, one class (softmax)' },
  { id: 'sigmoid', label: 'logits, any classes (sigmoid)' },
];
export const CANDIDATE_ACTIVATIONS: Words<Candidates['activation']> = [
  { id: 'none', label: 'probabilities' },
  { id: 'sigmoid', label: 'logits (sigmoid)' },
];
export const ORDERS: Words<Candidates['order']> = [
  { id: 'rows', label: 'a row for each candidate' },
  { id: 'columns', label: 'a column for each candidate' },
];
export const UNITS: Words<Candidates['units']> = [
  { id: 'pixels', label: 'pixels of what it sees' },
  { id: 'fractions', label: 'fractions of what it sees' },
  { id: 'grid', label: 'cells, not decoded' },
];
export const BOX_UNITS: Words<Boxes['units']> = [
  { id: 'pixels', label: 'pixels of what it sees' },
  { id: 'fractions', label: 'fractions of what it sees' },
];
export const CORNER_ORDERS: Words<Boxes['order']> = [
  { id: 'xyxy', label: 'left, top, right, bottom' },
  { id: 'yxyx', label: 'top, left, bottom, right' },
];
export const QUERY_ACTIVATIONS: Words<Queries['activation']> = [
  { id: 'softmax', label: 'logits, the last for nothing (softmax)' },
  { id: 'sigmoid', label: 'logits of classes alone (sigmoid)' },
];
export const FIRST_LABELS: Words<'0' | '1'> = [
  { id: '1', label: '1: 0 is the background' },
  { id: '0', label: '0' },
];

export function doesWhat(mapping: ModelMapping): string {
  if (mapping.kind === 'clicks') return 'answers clicks on the canvas';
  const tellsClasses = mapping.kind === 'bundle' ? mapping.finds === 'classes' : mapping.output.kind === 'classes';
  const taken = mapping.classes.filter(({ to }) => to !== null).length;
  const of = `${taken} of ${mapping.classes.length} classes`;
  return tellsClasses ? `tells ${of} of images` : `finds objects of ${of}`;
}

/** Three numbers as they are typed; null for anything else. */
export function tripleOf(text: string): readonly [number, number, number] | null {
  const numbers = text
    .split(/[,;\s]+/)
    .filter(Boolean)
    .map(Number);
  const [a, b, c] = numbers;
  return numbers.length === 3 && numbers.every(Number.isFinite) ? [a!, b!, c!] : null;
}
