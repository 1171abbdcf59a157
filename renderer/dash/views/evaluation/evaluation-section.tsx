/** What the run's kept model was judged to be: numbers with intervals, mistakes, curves, classes. */

import { type ReactElement, useState } from 'react';
import type { AnyEvaluation } from '../../../../preload/contract/any-evaluation.ts';
import type { Evaluation } from '../../../../preload/contract/evaluation.ts';
import type { ObjectEvaluation } from '../../../../preload/contract/object-evaluation.ts';
import type { RunHead } from '../../../../preload/contract/run.ts';
import type { Split } from '../../../../preload/contract/tasks.ts';
import { formatPlural } from '../../../ui/format.ts';
import { Problem } from '../../../ui/problem.tsx';
import { useStream } from '../../../ui/use-stream.ts';
import { intervalNote } from '../../derive/evaluation.ts';
import { AllMetrics } from './all-metrics.tsx';
import { ClassTable } from './class-table.tsx';
import { ConfusionMatrix } from './confusion-matrix.tsx';
import { CurveCharts } from './curve-charts.tsx';
import { EvaluationFacts } from './evaluation-facts.tsx';
import { JudgingProgress } from './judging-progress.tsx';
import { LabelOutcomes } from './label-outcomes.tsx';
import { ObjectCurves } from './object-curves.tsx';
import { ObjectTables } from './object-tables.tsx';
import { type EvaluationSource, type LoadedEvaluation, useEvaluation } from './use-evaluation.ts';

export interface EvaluationSectionProps {
  readonly run: RunHead;
  readonly source: EvaluationSource;
  readonly theme: string;
}

export function EvaluationSection({ run, source, theme }: EvaluationSectionProps): ReactElement {
  const { loaded, choose, again } = useEvaluation(source, run);
  const [asked, setAsked] = useState<Split>('validation');
  const open = (split: Split, signal: AbortSignal) => source.judge(run.id, split, signal);
  const judging = useStream(open, (split: Split) => {
    choose(split);
    again();
  });
  const judge = (split: Split) => {
    setAsked(split);
    judging.run(split);
  };
  return (
    <section className="evaluation" aria-labelledby="evaluation-title">
      <header className="evaluation-head">
        <h2 id="evaluation-title">Evaluation</h2>
        {loaded.status === 'there' ? <Parts {...loaded} onChoose={choose} /> : null}
        {loaded.status === 'there' && !judging.isBusy ? <More parts={loaded.parts} onJudge={judge} /> : null}
      </header>
      <Problem title="The model was not judged" text={judging.problem} />
      {judging.isBusy ? (
        <JudgingProgress on={PART_IMAGES[asked]} pace={judging.progress} onStop={judging.stop} />
      ) : null}
      {loaded.status === 'there' ? (
        <Report evaluation={loaded.evaluation} theme={theme} />
      ) : judging.isBusy ? null : (
        <Absent loaded={loaded} run={run} onAgain={again} onJudge={judge} />
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

const PART_IMAGES: { readonly [S in Split]: string } = {
  validation: 'the validation images',
  test: 'the test images',
  train: 'the training images',
};
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

/** The parts that tell how good a model is, and that it was not judged on. */
function More({ parts, onJudge }: { parts: readonly Split[]; onJudge: (split: Split) => void }): ReactElement {
  const others = (['validation', 'test'] as const).filter((part) => !parts.includes(part));
  return (
    <>
      {others.map((part) => (
        <button key={part} type="button" className="button" onClick={() => onJudge(part)}>
          Judge it on {PART_IMAGES[part]}
        </button>
      ))}
    </>
  );
}

interface AbsentProps {
  readonly loaded: Exclude<LoadedEvaluation, { status: 'there' }>;
  readonly run: RunHead;
  readonly onAgain: () => void;
  readonly onJudge: (split: Split) => void;
}

function Absent({ loaded, run, onAgain, onJudge }: AbsentProps): ReactElement {
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
      <p className="muted">The model that this run kept was not judged yet.</p>
      <button type="button" className="button" onClick={() => onJudge('validation')}>
        Judge it on {PART_IMAGES.validation}
      </button>
    </div>
  );
}
