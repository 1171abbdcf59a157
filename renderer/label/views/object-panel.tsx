/** The objects of the image, chosen in step with the picture. */

import { memo, type ReactElement, useEffect, useRef } from 'react';
import { shapeArea } from '../../../native-models/geometry/shape.ts';
import { ANNOTATION_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import type { Annotation } from '../../../preload/contract/labelling.ts';
import { formatCount, formatPlural } from '../../ui/format.ts';
import type { Look } from '../canvas/paint.ts';
import type { LabelSession } from '../session.ts';
import { FLAG_WORDS } from './flag-words.ts';
import { usePart } from './use-session.ts';

/** A longer list is no list anybody reads; the picture has them all. */
const MOST_ROWS = 300;

export function ObjectPanel({ session, look }: { session: LabelSession; look: Look }): ReactElement | null {
  const document = usePart(session, (state) => state.shown);
  const count = usePart(session, (state) => state.document.annotations.length);
  const selection = usePart(session, (state) => state.selection);
  const shown = document.annotations.slice(0, MOST_ROWS);
  const chosen = session.chosen();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const [first] = selection;
    if (first !== undefined) list.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selection]);
  if (count === 0) return null;
  const hidden = count - document.annotations.length;
  return (
    <section className="label-panel label-objects" aria-label="Objects">
      <h2>
        {formatPlural(count, 'object')}
        {hidden > 0 ? <small className="label-hint"> {formatCount(hidden)} hidden</small> : null}
      </h2>
      {chosen.length > 0 ? <Flags session={session} chosen={chosen} /> : null}
      <ul className="label-list" ref={list}>
        {shown.map((annotation) => (
          <Row
            key={annotation.id}
            annotation={annotation}
            isChosen={selection.has(annotation.id)}
            colour={look.colourOf(annotation.class_name)}
            session={session}
          />
        ))}
      </ul>
      {document.annotations.length > MOST_ROWS ? (
        <p className="label-hint">and {document.annotations.length - MOST_ROWS} more on the picture</p>
      ) : null}
    </section>
  );
}

interface RowProps {
  readonly annotation: Annotation;
  readonly isChosen: boolean;
  readonly colour: string;
  readonly session: LabelSession;
}

/** Drawn anew only when its own object changes: a click must not cost three hundred rows. */
const Row = memo(function Row({ annotation, isChosen, colour, session }: RowProps): ReactElement {
  const choose = (adds: boolean) => session.select(adds ? [...session.selection, annotation.id] : [annotation.id]);
  return (
    <li>
      <button type="button" className="label-row" aria-pressed={isChosen} onClick={(event) => choose(event.shiftKey)}>
        <span className="label-swatch" style={{ background: colour }} />
        <span className="label-name">{annotation.class_name}</span>
        <small>{sizeOf(annotation)}</small>
      </button>
    </li>
  );
});

function Flags({ session, chosen }: { session: LabelSession; chosen: readonly Annotation[] }): ReactElement {
  return (
    <fieldset className="label-flags" aria-label="What is chosen">
      {ANNOTATION_FLAGS.map((flag) => {
        const isOn = chosen.every((annotation) => annotation[flag]);
        return (
          <button
            key={flag}
            type="button"
            className="button button-quiet label-tool"
            aria-pressed={isOn}
            onClick={() => session.setFlag(flag, !isOn)}
          >
            {FLAG_WORDS[flag]}
          </button>
        );
      })}
    </fieldset>
  );
}

const sizeOf = ({ shape }: Annotation): string => `${shape.kind}, ${formatCount(Math.round(shapeArea(shape)))} px²`;
