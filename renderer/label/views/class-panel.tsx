/** The classes: which one is drawn next, or which the image has; found and added by typing. */

import { type ReactElement, useState } from 'react';
import { isClassification, type Task } from '../../../preload/contract/tasks.ts';
import { ClosedEyeIcon, EyeIcon, LockIcon, OpenLockIcon } from '../../ui/icons.tsx';
import { toggled } from '../../ui/toggled.ts';
import type { Look } from '../canvas/paint.ts';
import type { ObjectFilter } from '../doc/object-filter.ts';
import type { KeyTable } from '../keys.ts';
import type { LabelSession } from '../session.ts';
import { usePart } from './use-session.ts';
import type { WayBack } from './use-way-back.ts';

export interface ClassPanelProps {
  readonly session: LabelSession;
  readonly keys: KeyTable;
  readonly classes: readonly string[];
  readonly task: Task;
  readonly look: Look;
  readonly search: WayBack;
  /** Digits of a number that is being typed. */
  readonly typed: string;
  readonly onClass: (name: string) => void;
  readonly filter: ObjectFilter;
  readonly onFilter: (filter: ObjectFilter) => void;
}

export function ClassPanel(props: ClassPanelProps): ReactElement {
  const { session, keys, classes, task, look, search, typed, onClass, filter, onFilter } = props;
  const labels = usePart(session, (state) => state.document.told.labels);
  const activeClass = usePart(session, (state) => state.activeClass);
  const [name, setName] = useState('');
  const isOfImage = isClassification(task);
  const wanted = name.trim().toLowerCase();
  const shown = classes.filter((one) => one.toLowerCase().includes(wanted));
  const isOn = (one: string) => (isOfImage ? labels.includes(one) : activeClass === one);
  const take = () => {
    const exact = classes.find((one) => one.toLowerCase() === wanted);
    const meant = exact ?? shown[0] ?? name.trim();
    if (meant === '') return;
    onClass(meant);
    setName('');
    search.back();
  };
  return (
    <section className="label-panel" aria-label="Classes">
      <h2>
        {isOfImage ? 'Classes of the image' : 'Class'}
        {typed === '' ? null : <output className="label-chord"> {typed}…</output>}
      </h2>
      <input
        ref={search.ref}
        className="label-search"
        value={name}
        placeholder={`Find or add a class  ${keys.wordsOf('find-class')}`}
        aria-label="Find or add a class"
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
          if (event.key === 'Escape') {
            setName('');
            search.back();
          }
        }}
      />
      {shown.length === 0 && wanted !== '' ? <p className="label-hint">Enter adds “{name.trim()}”.</p> : null}
      {classes.length === 0 && wanted === '' ? (
        <p className="label-hint">Type a name to make the first class.</p>
      ) : null}
      <ul className="label-list">
        {shown.map((one) => {
          const number = classes.indexOf(one) + 1;
          return (
            <li key={one} className="label-class">
              <button type="button" className="label-row" aria-pressed={isOn(one)} onClick={() => onClass(one)}>
                <span className="label-swatch" style={{ background: look.colourOf(one) }} />
                <span className="label-name">{one}</span>
                <kbd>{number}</kbd>
              </button>
              {isOfImage ? null : <ClassMarks name={one} {...{ filter, onFilter }} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Hides the objects of a class, or locks them. */
function ClassMarks({ name, filter, onFilter }: ClassMarksProps): ReactElement {
  const { hiddenClasses, lockedClasses } = filter;
  const [isHidden, isLocked] = [hiddenClasses.includes(name), lockedClasses.includes(name)];
  return (
    <>
      <button
        type="button"
        className="button button-quiet label-eye"
        aria-pressed={isHidden}
        aria-label={`Hide ${name}`}
        title={isHidden ? `Show ${name}` : `Hide ${name}`}
        onClick={() => onFilter({ ...filter, hiddenClasses: toggled(hiddenClasses, name) })}
      >
        {isHidden ? <ClosedEyeIcon /> : <EyeIcon />}
      </button>
      <button
        type="button"
        className="button button-quiet label-eye"
        aria-pressed={isLocked}
        aria-label={`Lock ${name}`}
        title={isLocked ? `Let ${name} be changed` : `Lock ${name}: seen, and not to be touched`}
        onClick={() => onFilter({ ...filter, lockedClasses: toggled(lockedClasses, name) })}
      >
        {isLocked ? <LockIcon /> : <OpenLockIcon />}
      </button>
    </>
  );
}

type ClassMarksProps = Pick<ClassPanelProps, 'filter' | 'onFilter'> & { readonly name: string };
