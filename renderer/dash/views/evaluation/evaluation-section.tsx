/** What the run's kept model was judged to be: numbers with intervals, mistakes, curves, classes. */

import type { ReactElement } from 'react';
import type { AnyEvaluation } from '../../../../preload/contract/any-evaluation.ts';
import type { Evaluation } from '../../../../preload/contract/evaluation.ts';
import type { ObjectEvaluation } from '../../../../preload/contract/object-evaluation.ts';
import type { RunHead } from '../../../../preload/contract/run.ts';
import type { Split } from '../../../../preload/contract/tasks.ts';
import { formatPlural } from '../../../ui/format.ts';
import { intervalNote } from '../../derive/evaluation.ts';
import { AllMetrics } from './all-metrics.tsx';
import { ClassTable } from './class-table.tsx';
import { ConfusionMatrix } from './confusion-matrix.tsx';
import { CurveCharts } from './curve-charts.tsx';
import { EvaluationFacts } from './evaluation-facts.tsx';
import { LabelOutcomes } from './label-outcomes.tsx';
import { ObjectCurves } from './object-curves.tsx';
import { ObjectTables } from './object-tables.tsx';
import { type EvaluationSource, type LoadedEvaluation, useEvaluation } from './use-evaluation.ts';

export interface EvaluationSectionProps {
  readonly run: RunHead;
  readonly projectFolder: string;
  readonly source: EvaluationSource;
  readonly theme: string;
}

export function EvaluationSection({ run, projectFolder, source, theme }: EvaluationSectionProps): ReactElement {
  const { loaded, choose, again } = useEvaluation(source, run);
  return (
    <section className="evaluation" aria-labelledby="evaluation-title">
      <header className="evaluation-head">
        <h2 id="evaluation-title">Evaluation</h2>
        {loaded.status === 'there' ? <Parts {...loaded} onChoose={choose} /> : null}
      </header>
      {loaded.status === 'there' ? (
        <Report evaluation={loaded.evaluation} theme={theme} />
      ) : (
        <Absent loaded={loaded} run={run} projectFolder={projectFolder} onAgain={again} />
      )}
    </section>
  );
}

function Report({ evaluation, theme }: { evaluation: AnyEvaluation; theme: string }): ReactElement {
  return (
    <>
      {evaluation.warnings.map((text) => (
        <p key={text} className="reason">
          {text}
        </p>
      ))}
      <EvaluationFacts evaluation={evaluation} />
      {'coco' in evaluation ? (
        <ObjectReport evaluation={evaluation} theme={theme} />
      ) : (
        <ClassReport evaluation={evaluation} theme={theme} />
      )}
      <AllMetrics evaluation={evaluation} />
    </>
  );
}

function ObjectReport({ evaluation, theme }: { evaluation: ObjectEvaluation; theme: string }): ReactElement {
  return (
    <>
      <ObjectCurves key={evaluation.classes.join('\n')} evaluation={evaluation} theme={theme} />
      <ObjectTables evaluation={evaluation} />
    </>
  );
}

function ClassReport({ evaluation, theme }: { evaluation: Evaluation; theme: string }): ReactElement {
  return (
    <>
      <CurveCharts key={evaluation.classes.join('\n')} evaluation={evaluation} theme={theme} />
      <div className="evaluation-tables">
        {evaluation.confusion === undefined ? (
          <LabelOutcomes evaluation={evaluation} />
        ) : (
          <ConfusionMatrix evaluation={evaluation} />
        )}
        <ClassTable evaluation={evaluation} />
      </div>
    </>
  );
}

const PART_NAMES: { readonly [S in Split]: string } = { validation: 'Validation', test: 'Test', train: 'Training' };

interface PartsProps {
  readonly parts: readonly Split[];
  readonly evaluation: AnyEvaluation;
  readonly onChoose: (split: Split) => void;
}

function Parts({ parts, evaluation, onChoose }: PartsProps): ReactElement {
  const { images, epoch, split } = evaluation;
  return (
    <>
      <fieldset className="switch">
        <legend className="visually-hidden">Images judged on</legend>
        {parts.map((part) => (
          <button key={part} type="button" aria-pressed={part === split} onClick={() => onChoose(part)}>
            {PART_NAMES[part]}
          </button>
        ))}
      </fieldset>
      <p className="muted">
        {formatPlural(images, 'image')} · model of epoch {epoch} · {intervalNote(evaluation)}
      </p>
    </>
  );
}

interface AbsentProps {
  readonly loaded: Exclude<LoadedEvaluation, { status: 'there' }>;
  readonly run: RunHead;
  readonly projectFolder: string;
  readonly onAgain: () => void;
}

function Absent({ loaded, run, projectFolder, onAgain }: AbsentProps): ReactElement {
  if (loaded.status === 'loading') return <div className="card evaluation-absent skeleton" aria-hidden="true" />;
  if (loaded.status === 'failed') {
    return (
      <div className="card evaluation-absent" role="alert">
        <p>{loaded.problem}</p>
        <button type="button" className="button" onClick={onAgain}>
          Try again
        </button>
      </div>
    );
  }
  const isOpen = run.state === 'running' || run.state === 'queued';
  if (isOpen) {
    return <p className="card evaluation-absent muted">Comes when the run ends, for the model of its best epoch.</p>;
  }
  if (run.primary_metric.epoch === null) {
    return <p className="card evaluation-absent muted">This run kept no model that could be judged.</p>;
  }
  return (
    <div className="card evaluation-absent">
      <p className="muted">This run’s model was not judged yet. It is, by:</p>
      <pre>{`lightbench evaluate "${projectFolder}" ${run.id}`}</pre>
    </div>
  );
}
