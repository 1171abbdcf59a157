/** A search space as a tree: what every trial has, and below the choice of a branch what each branch has besides. */

import type { ReactElement, ReactNode } from 'react';
import { PlusIcon } from '../../ui/icons.tsx';
import { type GroupProblems, problemsOfGroup } from '../derive/problem-places.ts';
import { branchTitle, type Drawn, type SweepForm, withBranch } from '../derive/sweep-form.ts';
import type { DesignFormProps } from './design-form.tsx';
import { DrawnFields } from './drawn-fields.tsx';

export function SpaceTree({ form, draft, project: { task }, onChange }: DesignFormProps): ReactElement {
  const { shared, branches, fixed } = form;
  const histograms = (branch: number | null) => draft.drawn.filter((each) => each.branch === branch);
  const problems = (drawn: readonly Drawn[], branch: number | null) => problemsOfGroup(draft.problems, drawn, branch);
  const setBranch = (at: number, drawn: readonly Drawn[]) =>
    onChange({ ...form, branches: branches.map((each, i) => (i === at ? drawn : each)) });
  return (
    <fieldset className="card panel branch">
      <legend>What is searched</legend>
      <ul className="space-tree">
        <Group
          title={branches.length === 0 ? 'Every trial' : 'Every trial, in whichever branch'}
          problems={problems(shared, null)}
        >
          <DrawnFields
            {...{ task, drawn: shared, taken: [...fixed, ...branches.flat()] }}
            problems={problems(shared, null)}
            histograms={histograms(null)}
            onChange={(drawn) => onChange({ ...form, shared: drawn })}
          />
        </Group>
        {branches.length === 0 ? null : (
          <li>
            <strong className="tree-title">One of {branches.length} branches, each as likely as another</strong>
            <ul className="space-tree">
              {branches.map((branch, i) => (
                <Group
                  // biome-ignore lint/suspicious/noArrayIndexKey: branches have no other name
                  key={i}
                  title={`Branch ${i + 1} of ${branches.length}: ${branchTitle(branch)}`}
                  problems={problems(branch, i)}
                >
                  <DrawnFields
                    {...{ task, drawn: branch, taken: [...shared, ...fixed] }}
                    problems={problems(branch, i)}
                    histograms={histograms(i)}
                    onChange={(drawn) => setBranch(i, drawn)}
                  />
                  <button
                    type="button"
                    className="button button-quiet"
                    onClick={() => onChange({ ...form, branches: branches.filter((_, k) => k !== i) })}
                  >
                    Remove branch {i + 1}
                  </button>
                </Group>
              ))}
            </ul>
          </li>
        )}
      </ul>
      <button type="button" className="button" onClick={() => onChange(withBranch(form, task))}>
        <PlusIcon /> Add a branch for a model
      </button>
    </fieldset>
  );
}

/** The same for every trial: the arguments of the sweep. */
export function FixedFields({ form, draft, project: { task }, onChange }: DesignFormProps): ReactElement {
  const { fixed, shared, branches }: SweepForm = form;
  return (
    <fieldset className="card panel branch">
      <legend>The same for every trial</legend>
      <DrawnFields
        {...{ task, drawn: fixed, taken: [...shared, ...branches.flat()], isFixed: true }}
        problems={problemsOfGroup(draft.problems, fixed, null)}
        histograms={[]}
        onChange={(drawn) => onChange({ ...form, fixed: drawn })}
      />
    </fieldset>
  );
}

interface GroupProps {
  readonly title: string;
  readonly problems: GroupProblems;
  readonly children: ReactNode;
}

function Group({ title, problems, children }: GroupProps): ReactElement {
  const count = problems.fields.size + problems.others.length;
  return (
    <li>
      <details open className="tree-group">
        <summary className="tree-title">
          {title}
          {count === 0 ? null : (
            <span className="tree-problems">{count === 1 ? '1 problem' : `${count} problems`}</span>
          )}
        </summary>
        {children}
      </details>
    </li>
  );
}
