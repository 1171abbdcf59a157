/** The form half of the designer. */

import type { ReactElement } from 'react';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import type { SweepHead } from '../../../preload/contract/sweep.ts';
import type { SweepDraft } from '../../../preload/contract/sweep-draft.ts';
import { Algorithm, LIMITS, type Policy } from '../../../preload/contract/sweep-plan.ts';
import { Choice } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { formatMetric } from '../../ui/format.ts';
import { Tick } from '../../ui/tick.tsx';
import { problemsOfFile } from '../derive/problem-places.ts';
import { POLICY_SETTINGS, type SweepForm } from '../derive/sweep-form.ts';
import { FixedFields, SpaceTree } from './space-tree.tsx';

export interface DesignFormProps {
  readonly form: SweepForm;
  readonly draft: SweepDraft;
  readonly project: ProjectOverview;
  /** The project's sweeps, newest first. */
  readonly sweeps: readonly SweepHead[];
  /** Whether the file was changed since into something that no form shows. */
  readonly isBehind: boolean;
  readonly onChange: (form: SweepForm) => void;
}

export function DesignForm(props: DesignFormProps): ReactElement {
  const { form, draft, sweeps, isBehind, onChange } = props;
  return (
    <div className="designer-form">
      {isBehind ? (
        <p className="reason form-behind" role="status">
          The form shows the file as it was when it was last right; a change here replaces what was typed there.
        </p>
      ) : null}
      <Budget form={form} problems={problemsOfFile(draft.problems)} onChange={onChange} />
      <SpaceTree {...props} />
      <FixedFields {...props} />
      <WarmStart {...{ form, sweeps, onChange }} />
    </div>
  );
}

const MOST_PARENTS = LIMITS.warm_start;

/** Sweeps of before to begin with; those that are chosen stay on show. */
function WarmStart({
  form,
  sweeps,
  onChange,
}: Pick<DesignFormProps, 'form' | 'sweeps' | 'onChange'>): ReactElement | null {
  if (sweeps.length === 0) return null;
  const { warmStart } = form;
  const set = (id: string, isOn: boolean) =>
    onChange({ ...form, warmStart: isOn ? [...warmStart, id] : warmStart.filter((other) => other !== id) });
  return (
    <fieldset className="card panel branch">
      <legend>Begins with what sweeps of before have found</legend>
      <p className="muted">
        Up to {MOST_PARENTS}. bayesian and tpe learn from their trials; the policy judges beside them.
      </p>
      <div className="warm-start">
        {sweeps.map(({ id, name, best }) => (
          <Tick key={id} isOn={warmStart.includes(id)} onChange={(isOn) => set(id, isOn)}>
            {name === null ? id : `${id} ${name}`}
            {best === null ? ', no trial judged yet' : `, best ${formatMetric(best.value)}`}
          </Tick>
        ))}
      </div>
    </fieldset>
  );
}

interface BudgetProps {
  readonly form: SweepForm;
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (form: SweepForm) => void;
}

function Budget({ form, problems, onChange }: BudgetProps): ReactElement {
  const field = (label: string, name: keyof SweepForm & string, path: string, placeholder = '') => (
    <Field
      label={label}
      value={form[name] as string}
      placeholder={placeholder}
      problem={problems.get(path) ?? null}
      onChange={(value) => onChange({ ...form, [name]: value })}
    />
  );
  const policies = Object.keys(POLICY_SETTINGS) as Policy['type'][];
  return (
    <fieldset className="card panel branch">
      <legend>How it searches</legend>
      <div className="fields">
        {field('Name', 'name', 'name')}
        <Choice
          label="Sampling"
          options={Algorithm.options.map((name) => ({ id: name, label: name }))}
          value={form.algorithm}
          onChange={(algorithm) => onChange({ ...form, algorithm })}
        />
        {field('Seed', 'seed', 'seed')}
        {field('Trials', 'iterations', 'iterations')}
        {field('Trials at a time', 'concurrent', 'max_concurrent_iterations', 'as many as there is room for')}
        {field('Hours', 'hours', 'experiment_timeout_hours')}
        <Choice
          label="Ends poor trials by"
          options={policies.map((name) => ({ id: name, label: name }))}
          value={form.policy as Policy['type']}
          onChange={(policy) => onChange({ ...form, policy, policySettings: POLICY_SETTINGS[policy] })}
        />
        {Object.entries(form.policySettings).map(([name, text]) => (
          <Field
            key={name}
            label={name}
            value={text}
            problem={problems.get(name) ?? null}
            onChange={(value) => onChange({ ...form, policySettings: { ...form.policySettings, [name]: value } })}
          />
        ))}
      </div>
    </fieldset>
  );
}
