/**
 * Answers to scoring requests.
 * Source: product specification, sections 16.5 and 19. Beyond it, multi-label answers name what is predicted, and explained
 * ones the labels that were explained.
 */

import type { ScoredExplanation, ScoredImage } from '../bundle/score-bundle.ts';

export interface V2Reply extends Omit<ScoredImage, 'explanations'> {
  /** A PNG in base64, or for several classes an image a list of them. */
  readonly visualizations: string | readonly string[] | null;
  /** Shapes: [3, crop, crop], or a list of these. */
  readonly attributions: Planes | readonly Planes[] | null;
  readonly explained_labels?: readonly string[];
}

type Planes = readonly (readonly (readonly number[])[])[];

export function v2Reply({ explanations, ...scored }: ScoredImage, isMultiLabel: boolean): V2Reply {
  if (explanations === undefined) return { ...scored, visualizations: null, attributions: null };
  const one = <T>(values: readonly T[]): T | readonly T[] | null => {
    if (isMultiLabel) return values;
    return values[0] ?? null;
  };
  const [first] = explanations;
  const has = (part: 'picture' | 'attribution') => first === undefined || first[part] !== null;
  const pictures = explanations.map(({ picture }) => Buffer.from(picture ?? []).toString('base64'));
  return {
    ...scored,
    visualizations: has('picture') ? one(pictures) : null,
    attributions: has('attribution') ? one(explanations.map(planesOf)) : null,
    explained_labels: explanations.map(({ label }) => label),
  };
}

const DIGITS = 7; // of a float32

function planesOf({ attribution }: ScoredExplanation): Planes {
  const values = attribution ?? new Float32Array();
  const side = Math.sqrt(values.length / 3);
  const row = (start: number) => Array.from(values.subarray(start, start + side), (v) => Number(v.toPrecision(DIGITS)));
  return [0, 1, 2].map((channel) => Array.from({ length: side }, (_, y) => row((channel * side + y) * side)));
}
