/**
 * A space, a sampler and a policy for a task where nothing but a budget is given: models from small to large, each with
 * the rates that suit its kind.
 * Source: product specification, section 20.2, which leaves the space open; ranges about the defaults of its section 6.
 */

import type { Dimensions, Policy, SweepPlan } from '../../preload/contract/sweep-plan.ts';
import type { ModelRules } from './model-rules.ts';
import { MODEL_NAME } from './settings.ts';

/** Patterns of names, from the quickest model on, with the range of the learning rate. */
const FAMILIES: readonly (readonly [models: RegExp, low: number, high: number])[] = [
  [/^(mobilenetv2|resnet18|resnet50)$/, 0.001, 0.05],
  [/^seresnext$/, 0.001, 0.05],
  [/^vit(s16|b16)r224$/, 0.0005, 0.02],
  [/^yolov5$/, 0.0001, 0.01],
  [/^(fasterrcnn|retinanet|maskrcnn)_resnet50_fpn$/, 0.0001, 0.01],
];

/** Source: the official sample of section 10.3. */
const POLICY: Policy = { type: 'bandit', slack_factor: 0.2, evaluation_interval: 2, delay_evaluation: 6 };

/** The plan with its space filled in; a policy that was given stays. */
export function automaticPlan(plan: SweepPlan, rules: ModelRules): SweepPlan {
  const branches: Dimensions[] = FAMILIES.flatMap(([pattern, low, high]) => {
    const names = rules.models.map(({ name }) => name).filter((name) => pattern.test(name));
    if (names.length === 0) return [];
    return [
      {
        [MODEL_NAME]: { type: 'choice', values: names },
        learning_rate: { type: 'loguniform', min: Math.log(low), max: Math.log(high) },
        optimizer: { type: 'choice', values: ['sgd', 'adamw'] },
      },
    ];
  });
  const policy = plan.early_termination_policy.type === 'none' ? POLICY : plan.early_termination_policy;
  const [only] = branches;
  const space = branches.length === 1 ? { shared: only!, branches: [] } : { shared: {}, branches };
  return { ...plan, space, early_termination_policy: policy };
}
