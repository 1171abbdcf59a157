/** Hyperparameters of a space or a branch, each with how it is drawn and what comes of that, and a way to add others. */

import { type ReactElement, useState } from 'react';
import { describe, type Hyperparameter } from '../../../native-models/catalog/hyperparameters.ts';
import type { DrawnValues } from '../../../preload/contract/sweep-draft.ts';
import { Choice } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { PlusIcon } from '../../ui/icons.tsx';
import { kindOf, kindsOf, textOfKind } from '../derive/draw-kinds.ts';
import type { GroupProblems } from '../derive/problem-places.ts';
import { type Addable, addables, type Drawn, hyperparameterOf, modelNames } from '../derive/sweep-form.ts';

export interface DrawnFieldsProps {
  readonly task: string;
  readonly drawn: readonly Drawn[];
  /** Names that are given elsewhere and cannot be added here. */
  readonly taken: readonly Drawn[];
  readonly histograms: readonly DrawnValues[];
  readonly problems: GroupProblems;
  readonly onChange: (drawn: readonly Drawn[]) => void;
  /** Whether every field is one value. */
  readonly isFixed?: boolean;
}

export function DrawnFields(props: DrawnFieldsProps): ReactElement {
  const { task, drawn, taken, histograms, problems, onChange, isFixed = false } = props;
  const model = drawn.find(({ name }) => name === 'model_name')?.text ?? null;
  const others = addables(task, model, [...taken, ...drawn]);
  const replace = (at: number, text: string) => onChange(drawn.map((each, i) => (i === at ? { ...each, text } : each)));
  return (
    <>
      {problems.others.map((message) => (
        <p key={message} className="group-problem" role="alert">
          {message}
        </p>
      ))}
      {drawn.map(({ name, text }, i) => (
        <DrawnField
          key={name}
          {...{ task, name, text, isFixed }}
          known={hyperparameterOf(task, model, name)}
          problem={problems.fields.get(name) ?? null}
          histogram={histograms.find((each) => each.name === name) ?? null}
          onChange={(value) => replace(i, value)}
          onRemove={() => onChange(drawn.filter((_, k) => k !== i))}
        />
      ))}
      <AddField others={others} onAdd={({ name, text }) => onChange([...drawn, { name, text }])} />
    </>
  );
}

interface DrawnFieldProps {
  readonly task: string;
  readonly name: string;
  readonly text: string;
  readonly isFixed: boolean;
  /** Null for the model's name, and for a name that no model has. */
  readonly known: Hyperparameter | null;
  readonly problem: string | null;
  readonly histogram: DrawnValues | null;
  readonly onChange: (text: string) => void;
  readonly onRemove: () => void;
}

function DrawnField(props: DrawnFieldProps): ReactElement {
  const { task, name, text, isFixed, known, problem, histogram, onChange, onRemove } = props;
  const models = modelNames(task);
  const isModel = name === 'model_name' && models.includes(text) && problem === null;
  return (
    <div className="drawn-field">
      <div className="drawn-name">
        {isModel ? (
          <Choice label={name} options={models.map((id) => ({ id, label: id }))} value={text} onChange={onChange} />
        ) : (
          <Field label={name} value={text} onChange={onChange} problem={problem} {...rangeNote(known)} />
        )}
      </div>
      {known === null || isFixed ? (
        <span />
      ) : (
        <Choice
          label={`How ${name} is drawn`}
          hidesLabel
          options={kindsOf(known).map((id) => ({ id, label: id }))}
          value={kindOf(text)}
          onChange={(kind) => onChange(textOfKind(kind, known))}
        />
      )}
      {isFixed || (histogram?.bars.length ?? 0) < 2 ? <span /> : <Histogram values={histogram} />}
      <button type="button" className="button button-quiet" aria-label={`Remove ${name}`} onClick={onRemove}>
        Remove
      </button>
    </div>
  );
}

const rangeNote = (known: Hyperparameter | null): { description?: string } =>
  known === null ? {} : { description: `${describe(known.domain)}; ${known.default ?? 'off'} by default` };

function AddField({
  others,
  onAdd,
}: {
  others: readonly Addable[];
  onAdd: (added: Addable) => void;
}): ReactElement | null {
  const [chosen, setChosen] = useState<string | null>(null);
  const [first] = others;
  const added =
    others.find(({ name }) => name === chosen) ?? others.find(({ name }) => name === 'learning_rate') ?? first;
  if (added === undefined) return null;
  const options = others.map(({ name, range, text }) => ({
    id: name,
    label: name,
    note: `${range}; ${text} by default`,
  }));
  return (
    <div className="add-field">
      <Choice label="Another hyperparameter" hidesLabel options={options} value={added.name} onChange={setChosen} />
      <button type="button" className="button" onClick={() => onAdd(added)}>
        <PlusIcon /> Add
      </button>
    </div>
  );
}

const BOX = [150, 32] as const;

/** How often which value comes up. */
function Histogram({ values }: { values: DrawnValues | null }): ReactElement {
  const bars = values?.bars ?? [];
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const width = BOX[0] / Math.max(1, bars.length);
  const label = bars.length === 0 ? 'no draws' : `draws from ${bars[0]!.label} to ${bars.at(-1)!.label}`;
  return (
    <svg className="histogram" width={BOX[0]} height={BOX[1]} role="img" aria-label={label}>
      {bars.map(({ label: at, count }, i) => (
        <rect
          key={at}
          x={i * width}
          width={Math.max(1, width - 1)}
          y={BOX[1] - (BOX[1] * count) / most}
          height={(BOX[1] * count) / most}
        >
          <title>{`${at}: ${count}`}</title>
        </rect>
      ))}
    </svg>
  );
}
