/**
 * What a person or a program may ask of an explanation: names, defaults and ranges, and whether the bundle's model is open
 * to the method.
 * Source: product specification, section 19. Beyond it there are more methods, `n_steps` has an upper end, and without
 * `confidence_score_threshold_multilabel` the bundle's own thresholds say which classes are explained.
 */

import { type Hyperparameter, resolveHyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { findClassifier } from '../../native-models/catalog.ts';
import { METHODS, type Method, methodNamed, methodsFor } from '../../native-models/explain/methods.ts';
import { QUADRATURES, type Quadrature } from '../../native-models/explain/quadrature.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ExplanationOrder } from '../train/protocol.ts';
import { type BundleDescription, conventionOfBundle } from './description.ts';
import type { BundleSettings } from './settings.ts';

const MOST_STEPS = 1000; // a stranger's request must not keep the process busy for hours
const flag = { kind: 'flag' } as const;

export const EXPLANATION_PARAMETERS: readonly Hyperparameter[] = [
  { name: 'xai_algorithm', domain: { kind: 'choice', values: METHODS }, default: 'xrai', meaning: 'method' },
  { name: 'visualizations', domain: flag, default: 1, meaning: 'return pictures' },
  { name: 'attributions', domain: flag, default: 0, meaning: 'return numbers for every pixel and channel' },
  {
    name: 'confidence_score_threshold_multilabel',
    domain: { kind: 'number', min: 0, max: 1 },
    default: null,
    meaning: 'explain classes from this probability on',
  },
  {
    name: 'n_steps',
    domain: { kind: 'integer', min: 2, max: MOST_STEPS },
    default: 50,
    meaning: 'points of xrai and integrated_gradients between a baseline and the image',
  },
  { name: 'xrai_fast', domain: flag, default: 1, meaning: 'rank regions once, instead of after each one taken' },
  {
    name: 'approximation_method',
    domain: { kind: 'choice', values: QUADRATURES },
    default: 'riemann_middle',
    meaning: 'where the points of integrated_gradients lie',
  },
];

/** Errors: bad-argument, naming what is allowed; for a method that does not suit the model, those that do. */
export function explanationOrder(
  description: BundleDescription,
  settings: BundleSettings,
  given: Readonly<Record<string, unknown>>,
): ExplanationOrder {
  const names = EXPLANATION_PARAMETERS.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw refused(`"${unknown}" is no parameter of explanations: there are ${names.join(', ')}`);
  const asked = given['xai_algorithm'];
  const method = typeof asked === 'string' ? (methodNamed(asked) ?? asked) : asked;
  const table = method === undefined ? given : { ...given, xai_algorithm: method };
  const { values, problems } = resolveHyperparameters(EXPLANATION_PARAMETERS, table);
  if (problems.length > 0) throw refused(problems.map(({ message }) => message).join('\n'));
  refuseUnsuited(description, settings, values['xai_algorithm'] as Method);
  const threshold = values['confidence_score_threshold_multilabel'];
  const uniform = typeof threshold === 'number' ? description.labels.map(() => threshold) : null;
  return {
    method: values['xai_algorithm'] as Method,
    thresholds: settings.thresholds === null ? null : (uniform ?? settings.thresholds),
    steps: Number(values['n_steps']),
    quadrature: values['approximation_method'] as Quadrature,
    isFast: values['xrai_fast'] === 1,
    hasPicture: values['visualizations'] === 1,
    hasAttribution: values['attributions'] === 1,
  };
}

/** Explaining takes the network itself, so a model that this version does not know cannot be explained. */
function refuseUnsuited(description: BundleDescription, { cropSize }: BundleSettings, method: Method): void {
  const { model, labels } = description;
  const card = findClassifier(model);
  if (card === null) throw refused(`this version does not know ${model}, and cannot explain what it decides`);
  const network = card.build(labels.length, conventionOfBundle(description), cropSize);
  const suited = methodsFor(network, { height: cropSize, width: cropSize });
  if (suited.includes(method)) return;
  throw refused(`${method} does not suit ${model}; what does: ${suited.join(', ')}`);
}

const refused = (message: string): AppError => new AppError('bad-argument', message, { field: 'explain' });
