/** What is asked before a class is renamed, merged or deleted. */

import { type ReactElement, useState } from 'react';
import type { ClassFacts, DataEdit } from '../../../preload/contract/data.ts';
import { Choice } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { formatPlural } from '../../ui/format.ts';

export interface Question {
  readonly kind: 'rename' | 'merge' | 'delete';
  readonly entry: ClassFacts;
}

export interface ClassQuestionProps {
  /** Null while nothing is asked. */
  readonly question: Question | null;
  readonly names: readonly string[];
  readonly onClose: () => void;
  readonly onAnswer: (edit: DataEdit) => void;
}

const TITLES: { readonly [K in Question['kind']]: string } = { rename: 'Rename', merge: 'Merge', delete: 'Delete' };

export function ClassQuestion({ question, names, onClose, onAnswer }: ClassQuestionProps): ReactElement {
  const title = question === null ? '' : `${TITLES[question.kind]} class ${question.entry.name}`;
  return (
    <Dialog title={title} isOpen={question !== null} onClose={onClose}>
      {question === null ? null : (
        <Answer key={`${question.kind} ${question.entry.name}`} {...{ question, names, onAnswer }} />
      )}
    </Dialog>
  );
}

type AnswerProps = Omit<ClassQuestionProps, 'question' | 'onClose'> & { readonly question: Question };

function Answer({ question, names, onAnswer }: AnswerProps): ReactElement {
  const { kind, entry } = question;
  const others = names.filter((name) => name !== entry.name);
  const [to, setTo] = useState(kind === 'merge' ? (others[0] ?? '') : entry.name);
  const what = `${formatPlural(entry.images, 'image')} and ${formatPlural(entry.objects, 'object')}`;
  switch (kind) {
    case 'rename': {
      const problem = others.includes(to.trim()) ? `There is a class ${to.trim()}; merge the two instead.` : null;
      const isSame = to.trim() === '' || to.trim() === entry.name;
      return (
        <>
          <Field label="Name" value={to} onChange={setTo} problem={problem} autoFocus />
          <Confirm
            label="Rename"
            isDisabled={isSame || problem !== null}
            onConfirm={() => onAnswer({ kind: 'class-rename', name: entry.name, to: to.trim() })}
          />
        </>
      );
    }
    case 'merge':
      return (
        <>
          <p>{what} become the other class’s.</p>
          <Choice label="Into" value={to} options={others.map((id) => ({ id, label: id }))} onChange={setTo} />
          <Confirm label="Merge" onConfirm={() => onAnswer({ kind: 'class-merge', name: entry.name, into: to })} />
        </>
      );
    case 'delete':
      return (
        <>
          <p>{what} lose this class. Images keep their other labels; objects of this class go. It can be undone.</p>
          <Confirm label="Delete" onConfirm={() => onAnswer({ kind: 'class-delete', name: entry.name })} />
        </>
      );
    default:
      return kind satisfies never;
  }
}

interface ConfirmProps {
  readonly label: string;
  readonly isDisabled?: boolean;
  readonly onConfirm: () => void;
}

function Confirm({ label, isDisabled = false, onConfirm }: ConfirmProps): ReactElement {
  return (
    <div className="dialog-end">
      <button type="button" className="button button-main" disabled={isDisabled} onClick={onConfirm}>
        {label}
      </button>
    </div>
  );
}
