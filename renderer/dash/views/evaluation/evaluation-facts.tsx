import type { ReactElement } from 'react';
import type { AnyEvaluation } from '../../../../preload/contract/any-evaluation.ts';
import { formatMetric } from '../../../ui/format.ts';
import { formatInterval, headline } from '../../derive/evaluation.ts';

/** The numbers a person asks for first, each with its interval. */
export function EvaluationFacts({ evaluation }: { evaluation: AnyEvaluation }): ReactElement {
  return (
    <dl className="facts card">
      {headline(evaluation).map(({ name, metric, value, interval }) => (
        <div key={metric} className="fact" title={metric}>
          <dt>{name}</dt>
          <dd>{formatMetric(value)}</dd>
          <dd className="fact-note">{value === null ? 'undefined here' : formatInterval(interval)}</dd>
        </div>
      ))}
    </dl>
  );
}
