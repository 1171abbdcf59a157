/** The classes: which one is drawn next, or which the image has; found and added by typing. */

import { type ReactElement, type RefObject, useState } from 'react';
import { ClassificationTask, type Task } from '../../../preload/contract/tasks.ts';
import { ClosedEyeIcon, EyeIcon } from '../../ui/icons.tsx';
import type { Look } from '../canvas/paint.ts';
import type { ObjectFilter } from '../doc/object-filter.ts';
import type { KeyTable } from '../keys.ts';
import type { LabelSession } from '../session.ts';
import { usePart } from './use-session.ts';

export interface ClassPanelProps {
  readonly session: LabelSession;
  readonly keys: KeyTable;
  readonly classes: readonly string[];
  readonly task: Task;
  readonly look: Look;
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly onClass: (name: string) => void;
  readonly filter: ObjectFilter;
  /** Hides the objects of a class, or shows them again. */
  readonly onHide: (name: string) => void;
}

const NUMBERED = 9;

export function ClassPanel(props: ClassPanelProps): ReactElement {
  const { session, keys, classes, task, look, searchRef, onClass, filter, onHide } = props;
  const labels = usePart(session, (state) => state.document.told.labels);
  const activeClass = usePart(session, (state) => state.activeClass);
  const [typed, setTyped] = useState('');
  const isOfImage = ClassificationTask.safeParse(task).success;
  const wanted = typed.trim().toLowerCase();
  const shown = classes.filter((name) => name.toLowerCase().includes(wanted));
  const isOn = (name: string) => (isOfImage ? labels.includes(name) : activeClass === name);
  const take = () => {
    const exact = classes.find((name) => name.toLowerCase() === wanted);
    const name = exact ?? shown[0] ?? typed.trim();
    if (name === '') return;
    onClass(name);
    setTyped('');
    searchRef.current?.blur();
  };
  return (
    <section className="label-panel" aria-label="Classes">
      <h2>{isOfImage ? 'Classes of the image' : 'Class'}</h2>
      <input
        ref={searchRef}
        className="label-search"
        value={typed}
        placeholder={`Find or add a class  ${keys.wordsOf('find-class')}`}
        aria-label="Find or add a class"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
          if (event.key === 'Escape') {
            setTyped('');
            event.currentTarget.blur();
          }
        }}
      />
      <ul className="label-list">
        {shown.map((name) => {
          const number = classes.indexOf(name) + 1;
          return (
            <li key={name} className="label-class">
              <button type="button" className="label-row" aria-pressed={isOn(name)} onClick={() => onClass(name)}>
                <span className="label-swatch" style={{ background: look.colourOf(name) }} />
                <span className="label-name">{name}</span>
                {number <= NUMBERED ? <kbd>{number}</kbd> : null}
              </button>
              {isOfImage ? null : (
                <button
                  type="button"
                  className="button button-quiet label-eye"
                  aria-pressed={filter.hiddenClasses.includes(name)}
                  aria-label={`Hide ${name}`}
                  title={filter.hiddenClasses.includes(name) ? `Show ${name}` : `Hide ${name}`}
                  onClick={() => onHide(name)}
                >
                  {filter.hiddenClasses.includes(name) ? <ClosedEyeIcon /> : <EyeIcon />}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {shown.length === 0 && wanted !== '' ? <p className="label-hint">Enter adds “{typed.trim()}”.</p> : null}
      {classes.length === 0 && wanted === '' ? (
        <p className="label-hint">Type a name to make the first class.</p>
      ) : null}
    </section>
  );
}
