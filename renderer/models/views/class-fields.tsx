/** Which class of the project each class of a model is. */

import { type ReactElement, useState } from 'react';
import type { ClassMapping } from '../../../preload/contract/imported-models.ts';
import { Field } from '../../ui/field.tsx';
import { formatCount, formatPlural } from '../../ui/format.ts';
import { HeadRow } from '../../ui/head-row.tsx';

export interface ClassFieldsProps {
  readonly classes: readonly ClassMapping[];
  /** Of the project. */
  readonly known: readonly string[];
  readonly onChange: (classes: readonly ClassMapping[]) => void;
}

const MOST_ROWS = 100;

export function ClassFields({ classes, known, onChange }: ClassFieldsProps): ReactElement {
  const [text, setText] = useState('');
  const rows = [...classes.entries()].filter(([, { name }]) => name.toLowerCase().includes(text.trim().toLowerCase()));
  const set = (at: number, to: string) =>
    onChange(classes.map((one, i) => (i === at ? { ...one, to: to === '' ? null : to } : one)));
  return (
    <>
      <div className="mapping-head">
        <h3>{formatPlural(classes.length, 'class', 'classes')}</h3>
        {classes.length > 12 ? <Field label="Show classes with" value={text} onChange={setText} /> : null}
        <div className="page-actions">
          <button
            type="button"
            className="button"
            onClick={() => onChange(classes.map(({ name }) => ({ name, to: null })))}
          >
            Leave out all
          </button>
          <button
            type="button"
            className="button"
            onClick={() => onChange(classes.map(({ name }) => ({ name, to: name })))}
          >
            Take all as they are
          </button>
        </div>
      </div>
      <datalist id="project-classes">
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <div className="mapping-scroll">
        <table className="plain mapping">
          <thead>
            <HeadRow titles={['Class of the model', 'Becomes', 'Note']} />
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROWS).map(([at, { name, to }]) => (
              <tr key={at}>
                <th scope="row">{name}</th>
                <td className="mapping-name">
                  <input
                    aria-label={`${name} becomes`}
                    list="project-classes"
                    value={to ?? ''}
                    placeholder="left out"
                    onChange={(event) => set(at, event.target.value)}
                    spellCheck={false}
                  />
                </td>
                <td className="muted mapping-note">
                  {to === null
                    ? 'left out'
                    : known.includes(to.trim())
                      ? 'a class of the project'
                      : 'becomes a class when it is first used'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > MOST_ROWS ? (
        <p className="muted">and {formatCount(rows.length - MOST_ROWS)} more; type a part of a name to see them</p>
      ) : null}
    </>
  );
}
