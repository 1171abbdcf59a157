import type { TrialHead, TrialSummary } from '../../preload/contract/sweep.ts';
import { smallCurve } from './small-curve.ts';

/** A trial with a small curve in place of every report. */
export function trialHead({ values, decision: _decision, attempts: _attempts, ...trial }: TrialSummary): TrialHead {
  return {
    ...trial,
    last: values.at(-1) ?? null,
    curve: smallCurve(values.map((value, i) => [i + 1, value])),
  };
}
