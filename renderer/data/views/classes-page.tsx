/** The classes of the project: renamed, merged, recoloured, deleted, each a step that can be taken back. */

import { type FormEvent, type ReactElement, useState } from 'react';
import type { ClassFacts, DataFacts, DataState } from '../../../preload/contract/data.ts';
import { Field } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { Problem } from '../../ui/problem.tsx';
import { ClassQuestion, type Question } from './class-question.tsx';
import type { DataSource } from './data-source.ts';
import { LeftNote, UndoButtons } from './undo-buttons.tsx';
import { useEdits } from './use-edits.ts';

export interface ClassesPageProps {
  readonly facts: DataFacts;
  readonly source: DataSource;
  readonly state: DataState | null;
}

export function ClassesPage({ facts, source, state }: ClassesPageProps): ReactElement {
  const edits = useEdits(source, state);
  const [question, setQuestion] = useState<Question | null>(null);
  return (
    <section className="card panel classes" aria-label="Classes">
      <header className="panel-head">
        <NewClass onAdd={(name) => edits.edit({ kind: 'class-add', name })} />
        <div className="page-actions">
          <UndoButtons edits={edits} />
        </div>
      </header>
      <Problem title="That was not done" text={edits.problem} />
      <LeftNote text={edits.left} />
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Colour</th>
            <th scope="col">Class</th>
            <th scope="col" className="number">
              Images
            </th>
            <th scope="col" className="number">
              Objects
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {facts.classes.map((entry) => (
            <ClassRow
              key={entry.name}
              entry={entry}
              canMerge={facts.classes.length > 1}
              onColor={(color) => edits.edit({ kind: 'class-recolour', name: entry.name, color })}
              onAsk={(kind) => setQuestion({ kind, entry })}
            />
          ))}
        </tbody>
      </table>
      <ClassQuestion
        question={question}
        names={facts.classes.map(({ name }) => name)}
        onClose={() => setQuestion(null)}
        onAnswer={(edit) => {
          setQuestion(null);
          edits.edit(edit);
        }}
      />
    </section>
  );
}

interface ClassRowProps {
  readonly entry: ClassFacts;
  readonly canMerge: boolean;
  readonly onColor: (color: string) => void;
  readonly onAsk: (kind: Question['kind']) => void;
}

function ClassRow({ entry, canMerge, onColor, onAsk }: ClassRowProps): ReactElement {
  const { name, color, images, objects } = entry;
  const ask = (kind: Question['kind'], label: string, isDisabled = false) => (
    <button
      type="button"
      className="button button-quiet"
      aria-label={`${label} ${name}`}
      disabled={isDisabled}
      onClick={() => onAsk(kind)}
    >
      {label}
    </button>
  );
  return (
    <tr>
      <td>
        {/* Told once, when the choice is made: `input` comes with every move of the picker. */}
        <input
          type="color"
          key={color}
          defaultValue={color}
          aria-label={`Colour of ${name}`}
          onBlur={({ target }) => {
            if (target.value !== color) onColor(target.value);
          }}
        />
      </td>
      <th scope="row">{name}</th>
      <td className="number">{formatCount(images)}</td>
      <td className="number">{formatCount(objects)}</td>
      <td className="row-actions">
        {ask('rename', 'Rename')}
        {ask('merge', 'Merge', !canMerge)}
        {ask('delete', 'Delete')}
      </td>
    </tr>
  );
}

function NewClass({ onAdd }: { onAdd: (name: string) => void }): ReactElement {
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd(name.trim());
    setName('');
  };
  return (
    <form className="new-class" onSubmit={submit}>
      <Field label="New class" value={name} onChange={setName} placeholder="name" />
      <button type="submit" className="button" disabled={name.trim() === ''}>
        Add
      </button>
    </form>
  );
}
