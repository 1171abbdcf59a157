/** What can be done about the images that are selected. */

import { type ReactElement, useState } from 'react';
import type { DataEdit, DataFacts } from '../../../preload/contract/data.ts';
import { ReviewState } from '../../../preload/contract/review.ts';
import { isClassification, Split, type Task } from '../../../preload/contract/tasks.ts';
import { Choice } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatPlural } from '../../ui/format.ts';
import { NameBox } from '../../ui/name-box.tsx';
import { NoteForm } from '../../ui/note-form.tsx';
import { REVIEW_WORDS } from '../../ui/review-words.ts';
import { splitWords } from '../../ui/split-words.ts';

export interface BulkBarProps {
  readonly ids: readonly number[];
  readonly task: Task;
  readonly facts: DataFacts;
  readonly isBusy: boolean;
  readonly onEdit: (edit: DataEdit) => void;
  /** Asks which model is to look at them. */
  readonly onPredict: () => void;
  readonly onClear: () => void;
}

const NO_SPLIT = 'none';

/** Stands there with nothing selected too: were it to come with the first click, a second would meet another image. */
export function BulkBar({ ids, task, facts, isBusy, onEdit, onPredict, onClear }: BulkBarProps): ReactElement {
  const [asks, setAsks] = useState<'class' | 'tag' | 'reject' | null>(null);
  const isIdle = isBusy || ids.length === 0;
  const toSplit = (key: string) => {
    if (key !== '') onEdit({ kind: 'split', ids: [...ids], split: key === NO_SPLIT ? null : Split.parse(key) });
  };
  const toReview = (key: string) => {
    if (key === 'rejected') setAsks('reject');
    else if (key !== '') onEdit({ kind: 'review', ids: [...ids], review: { state: ReviewState.parse(key), note: '' } });
  };
  return (
    <section className="card bulk" aria-label="Selected images">
      <strong className="bulk-count">
        {ids.length === 0 ? 'Nothing selected' : `${formatPlural(ids.length, 'image')} selected`}
      </strong>
      {isClassification(task) ? (
        <button type="button" className="button" disabled={isIdle} onClick={() => setAsks('class')}>
          Class …
        </button>
      ) : null}
      <Choice
        label="Move to a part of the data"
        hidesLabel
        value=""
        options={[
          { id: '', label: 'Part …' },
          ...Split.options.map((split) => ({ id: split as string, label: splitWords(split) })),
          { id: NO_SPLIT, label: splitWords(null) },
        ]}
        isDisabled={isIdle}
        onChange={toSplit}
      />
      <Choice
        label="Say how far they are"
        hidesLabel
        value=""
        options={[
          { id: '', label: 'Review …' },
          ...ReviewState.options.map((state) => ({ id: state as string, label: REVIEW_WORDS[state] })),
        ]}
        isDisabled={isIdle}
        onChange={toReview}
      />
      <button type="button" className="button" disabled={isIdle} onClick={() => setAsks('tag')}>
        Tag …
      </button>
      <button type="button" className="button" disabled={ids.length === 0} onClick={onPredict}>
        Ask a model …
      </button>
      <button
        type="button"
        className="button button-danger"
        disabled={isIdle}
        onClick={() => onEdit({ kind: 'unlabel', ids: [...ids] })}
      >
        Remove labels
      </button>
      <button type="button" className="button button-quiet bulk-end" disabled={ids.length === 0} onClick={onClear}>
        Clear selection
      </button>
      <ClassDialog
        isOpen={asks === 'class'}
        allowsMany={task === 'image-classification-multilabel'}
        names={facts.classes.map(({ name }) => name)}
        count={ids.length}
        onClose={() => setAsks(null)}
        onChoose={(change, name) => {
          setAsks(null);
          onEdit({ kind: 'classes', ids: [...ids], change, classes: [name] });
        }}
      />
      <NoteDialog
        isOpen={asks === 'reject'}
        count={ids.length}
        onClose={() => setAsks(null)}
        onReject={(note) => {
          setAsks(null);
          onEdit({ kind: 'review', ids: [...ids], review: { state: 'rejected', note } });
        }}
      />
      <TagDialog
        isOpen={asks === 'tag'}
        names={facts.tags.map(({ name }) => name)}
        count={ids.length}
        onClose={() => setAsks(null)}
        onChoose={(change, tag) => {
          setAsks(null);
          onEdit({ kind: 'tag', ids: [...ids], change, tag });
        }}
      />
    </section>
  );
}

interface NameDialogProps<C extends string> {
  readonly isOpen: boolean;
  readonly names: readonly string[];
  readonly count: number;
  readonly onClose: () => void;
  readonly onChoose: (change: C, name: string) => void;
}

function ClassDialog(props: NameDialogProps<'set' | 'add' | 'remove'> & { allowsMany: boolean }): ReactElement {
  const { allowsMany, count, onChoose } = props;
  const [name, setName] = useState('');
  const isNamed = name.trim() !== '';
  return (
    <Dialog title={`Class of ${formatPlural(count, 'image')}`} isOpen={props.isOpen} onClose={props.onClose}>
      <NameBox label="Class" value={name} names={props.names} onChange={setName} autoFocus />
      <div className="dialog-end">
        {allowsMany ? (
          <>
            <button type="button" className="button" disabled={!isNamed} onClick={() => onChoose('remove', name)}>
              Take it off
            </button>
            <button type="button" className="button" disabled={!isNamed} onClick={() => onChoose('add', name)}>
              Add it
            </button>
          </>
        ) : null}
        <button type="button" className="button button-main" disabled={!isNamed} onClick={() => onChoose('set', name)}>
          {allowsMany ? 'Make it the only one' : 'Set class'}
        </button>
      </div>
    </Dialog>
  );
}

function TagDialog({ isOpen, names, count, onClose, onChoose }: NameDialogProps<'add' | 'remove'>): ReactElement {
  const [name, setName] = useState('');
  const isNamed = name.trim() !== '';
  return (
    <Dialog title={`Tag ${formatPlural(count, 'image')}`} isOpen={isOpen} onClose={onClose}>
      <NameBox label="Tag" value={name} names={names} onChange={setName} autoFocus />
      <div className="dialog-end">
        <button type="button" className="button" disabled={!isNamed} onClick={() => onChoose('remove', name)}>
          Take it off
        </button>
        <button type="button" className="button button-main" disabled={!isNamed} onClick={() => onChoose('add', name)}>
          Add tag
        </button>
      </div>
    </Dialog>
  );
}

interface NoteDialogProps {
  readonly isOpen: boolean;
  readonly count: number;
  readonly onClose: () => void;
  readonly onReject: (note: string) => void;
}

function NoteDialog({ isOpen, count, onClose, onReject }: NoteDialogProps): ReactElement {
  return (
    <Dialog title={`Reject ${formatPlural(count, 'image')}`} isOpen={isOpen} onClose={onClose}>
      <NoteForm label="What is wrong" note="" button="Reject" onSubmit={onReject} />
    </Dialog>
  );
}
