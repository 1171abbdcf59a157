/** Hyperparameters of a space or a branch, each with what it is drawn from, and a way to add others. */

import { type ReactElement, useState } from 'react';
import type { DrawnValues } from '../../../preload/contract/sweep-draft.ts';
import { Choice } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { PlusIcon } from '../../ui/icons.tsx';
import { type Addable, addables, type Drawn } from '../derive/sweep-form.ts';

export interface DrawnFieldsProps {
  readonly task: string;
  readonly title: string;
  readonly drawn: readonly Drawn[];
  /** Names that are given elsewhere and cannot be added here. */
  readonly taken: readonly Drawn[];
  readonly histograms: readonly DrawnValues[];
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (drawn: readonly Drawn[]) => void;
  readonly onRemove?: () => void;
}

export function DrawnFields(props: DrawnFieldsProps): ReactElement {
  const { task, title, drawn, taken, histograms, problems, onChange, onRemove } = props;
  const model = drawn.find(({ name }) => name === 'model_name')?.text ?? null;
  const others = addables(task, model, [...taken, ...drawn]);
  const replace = (at: number, text: string) => onChange(drawn.map((each, i) => (i === at ? { ...each, text } : each)));
  return (
    <fieldset className="card panel branch">
      <legend>{title}</legend>
      {drawn.map(({ name, text }, i) => (
        <div className="drawn-field" key={name}>
          <Field
            label={name}
            value={text}
            onChange={(value) => replace(i, value)}
            problem={problems.get(name) ?? null}
          />
          <Histogram values={histograms.find((each) => each.name === name) ?? null} />
          <button
            type="button"
            className="button button-quiet"
            onClick={() => onChange(drawn.filter((_, k) => k !== i))}
          >
            Remove
          </button>
        </div>
      ))}
      <AddField others={others} onAdd={({ name, text }) => onChange([...drawn, { name, text }])} />
      {onRemove === undefined ? null : (
        <button type="button" className="button button-quiet" onClick={onRemove}>
          Remove this branch
        </button>
      )}
    </fieldset>
  );
}

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
