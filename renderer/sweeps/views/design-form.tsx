/** The form half of the designer. */

import type { ReactElement } from 'react';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import type { SweepDraft } from '../../../preload/contract/sweep-draft.ts';
import { Algorithm, type Policy } from '../../../preload/contract/sweep-plan.ts';
import { Choice } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { PlusIcon } from '../../ui/icons.tsx';
import { type Drawn, modelNames, POLICY_SETTINGS, type SweepForm } from '../derive/sweep-form.ts';
import { DrawnFields } from './drawn-fields.tsx';

export interface DesignFormProps {
  readonly form: SweepForm;
  readonly draft: SweepDraft;
  readonly project: ProjectOverview;
  readonly onChange: (form: SweepForm) => void;
}

export function DesignForm({ form, draft, project, onChange }: DesignFormProps): ReactElement {
  const { task } = project;
  const problems = new Map(draft.problems.map(({ path, message }) => [path.split('.').at(-1)!, message]));
  const histograms = (branch: number | null) => draft.drawn.filter((each) => each.branch === branch);
  const setBranch = (at: number, drawn: readonly Drawn[]) =>
    onChange({ ...form, branches: form.branches.map((each, i) => (i === at ? drawn : each)) });
  return (
    <div className="designer-form">
      <Budget form={form} problems={problems} onChange={onChange} />
      <DrawnFields
        {...{ task, problems, drawn: form.shared, taken: [...form.fixed, ...form.branches.flat()] }}
        title={form.branches.length === 0 ? 'Searched' : 'Searched in every branch'}
        histograms={histograms(null)}
        onChange={(shared) => onChange({ ...form, shared })}
      />
      {form.branches.map((branch, i) => (
        <DrawnFields
          // biome-ignore lint/suspicious/noArrayIndexKey: branches have no other name
          key={i}
          {...{ task, problems, drawn: branch, taken: [...form.shared, ...form.fixed] }}
          title={`Branch ${i + 1} of ${form.branches.length}`}
          histograms={histograms(i)}
          onChange={(drawn) => setBranch(i, drawn)}
          onRemove={() => onChange({ ...form, branches: form.branches.filter((_, k) => k !== i) })}
        />
      ))}
      <button type="button" className="button" onClick={() => onChange(withBranch(form, task))}>
        <PlusIcon /> Add a branch for a model
      </button>
      <DrawnFields
        {...{ task, problems, drawn: form.fixed, taken: [...form.shared, ...form.branches.flat()] }}
        title="The same for every trial"
        histograms={[]}
        onChange={(fixed) => onChange({ ...form, fixed })}
      />
    </div>
  );
}

/** The model of the shared space goes into a branch of its own: it cannot be given twice. */
function withBranch(form: SweepForm, task: string): SweepForm {
  const [mine, others] = [true, false].map((isModel) =>
    form.shared.filter(({ name }) => (name === 'model_name') === isModel),
  );
  const used = new Set(
    [...form.branches.flat(), ...mine!].filter(({ name }) => name === 'model_name').map(({ text }) => text),
  );
  const next = modelNames(task).find((name) => !used.has(name)) ?? modelNames(task)[0]!;
  const first = form.branches.length === 0 && mine!.length > 0 ? [mine!] : [];
  return { ...form, shared: others!, branches: [...form.branches, ...first, [{ name: 'model_name', text: next }]] };
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
