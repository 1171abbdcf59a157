/** A run to be started: model, device, weights, and every hyperparameter with its default and range. */

import { type FormEvent, type ReactElement, useState } from 'react';
import { AppError } from '../../../../preload/contract/errors.ts';
import type { ProjectOverview } from '../../../../preload/contract/project.ts';
import type { RunHead } from '../../../../preload/contract/run.ts';
import { BackLink } from '../../../ui/back-link.tsx';
import { formatPlural } from '../../../ui/format.ts';
import { Problem } from '../../../ui/problem.tsx';
import { useAction } from '../../../ui/use-action.ts';
import { useLoaded } from '../../../ui/use-loaded.ts';
import { formGroups, givenLike, modelsFor, problemsOf, settings } from '../../derive/run-form.ts';
import type { RunActions, RunLinks } from '../run-actions.ts';
import { HyperparameterField } from './hyperparameter-field.tsx';
import { ModelPicker } from './model-picker.tsx';
import { FROM_SCRATCH, usualWeights, WhereAndFrom } from './where-and-from.tsx';

export interface NewRunPageProps {
  readonly project: ProjectOverview;
  /** A run whose settings to begin with. */
  readonly like: RunHead | null;
  readonly actions: RunActions;
  readonly links: RunLinks;
}

export function NewRunPage({ project, like, actions, links }: NewRunPageProps): ReactElement {
  const { task } = project;
  const models = modelsFor(task);
  const [model, setModel] = useState(like?.model ?? models[0]?.name ?? '');
  const [given, setGiven] = useState(() => (like === null ? {} : givenLike(like.params, like.model, task)));
  const [device, setDevice] = useState(like?.device ?? 'cpu');
  const [weights, setWeights] = useState<string | null>(null);
  const choices = useLoaded(actions.choices);
  const start = useAction(actions.start, (run) => links.follow(links.run(run)));

  const problems = new Map([...refusedFields(start.error), ...problemsOf(model, task, given)]);
  const chosenWeights = weights ?? usualWeights(choices.loaded, model);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const from = chosenWeights === FROM_SCRATCH ? null : chosenWeights;
    start.run({ model, params: settings(given), device, weights: from });
  };
  const change = (name: string, value: string) => {
    start.forget();
    setGiven({ ...given, [name]: value });
  };

  return (
    <form onSubmit={submit} className="new-run" noValidate>
      <div className="page-head">
        <BackLink href={links.runs} to="Runs" />
        <h1>New run</h1>
        {like === null ? null : <p className="muted">with the settings of {like.id}</p>}
      </div>
      <Problem title="This run cannot be started" text={start.problem ?? choices.problem} />
      <div className="new-run-columns">
        <ModelPicker
          models={models}
          chosen={model}
          withWeights={new Set(choices.loaded?.weights.map((entry) => entry.model))}
          onChoose={(name) => {
            setModel(name);
            setWeights(null);
          }}
        />
        <div className="new-run-main">
          <WhereAndFrom
            {...{ choices: choices.loaded, model, device, weights: chosenWeights, setDevice, setWeights }}
          />
          {formGroups(model, task).map(({ title, fields }, at) => (
            <details
              key={title}
              className="card panel group"
              open={at === 0 || fields.some(isTouched(given, problems))}
            >
              <summary>{title}</summary>
              <div className="fields">
                {fields.map((field) => (
                  <HyperparameterField
                    key={field.name}
                    field={field}
                    value={given[field.name] ?? ''}
                    problem={problems.get(field.name) ?? null}
                    onChange={change}
                  />
                ))}
              </div>
            </details>
          ))}
        </div>
      </div>
      <div className="new-run-end card">
        <p className="muted">{endNote(project, problems.size)}</p>
        <button type="submit" className="button button-main" disabled={start.isBusy || problems.size > 0}>
          {start.isBusy ? 'Starting …' : 'Start the run'}
        </button>
      </div>
    </form>
  );
}

const isTouched =
  (given: Readonly<Record<string, string>>, problems: ReadonlyMap<string, string>) =>
  ({ name }: { readonly name: string }) =>
    (given[name] ?? '') !== '' || problems.has(name);

/** The engine's own check says the same as the window's, unless the two differ in version. */
function refusedFields(error: unknown): [string, string][] {
  if (!(error instanceof AppError) || error.code !== 'bad-hyperparameter') return [];
  const problems = error.details['problems'] as readonly { name: string; message: string }[] | undefined;
  return (problems ?? []).map(({ name, message }) => [name, message]);
}

function endNote({ image_count, splits }: ProjectOverview, problems: number): string {
  if (problems > 0) return `${formatPlural(problems, 'setting')} cannot be used as typed.`;
  const parts = `${splits.train + splits.unassigned} to train and validate on, ${splits.test} kept for testing`;
  return `${formatPlural(image_count, 'image')}: ${parts}. The run goes on when a browser’s window is closed; closing the desktop app stops it, and it can be resumed.`;
}
