/**
 * What a trained run, or a model from elsewhere, says of the image: asked for here, sifted by how sure it is, and decided about
 * one by one or together.
 */

import { type ReactElement, useState } from 'react';
import type { ProposedObject } from '../../../preload/contract/proposals.ts';
import { Choice, type Option } from '../../ui/choice.tsx';
import { formatPlural } from '../../ui/format.ts';
import type { Look } from '../canvas/paint.ts';
import { LEAST_SURE, MOST_SURE } from '../doc/proposals.ts';
import type { LabelSession } from '../session.ts';
import { Slider } from './slider.tsx';
import { usePart } from './use-session.ts';

export interface ProposalPanelProps {
  readonly session: LabelSession;
  readonly look: Look;
  /** Runs, and models from elsewhere, that can be asked. */
  readonly models: readonly Option<string>[];
  readonly isAsking: boolean;
  readonly onAsk: (run: string) => void;
  /** Takes the classes that are proposed for the image as a whole. */
  readonly onAcceptClasses: () => void;
  /** Goes to the next image on which two models disagree. */
  readonly onNext: () => void;
  readonly nextKeys: string;
}

/** A longer list is no list anybody reads; the picture has them all. */
const MOST_ROWS = 100;

export function ProposalPanel(props: ProposalPanelProps): ReactElement | null {
  const { session, look, models, isAsking, onAsk, onAcceptClasses, onNext, nextKeys } = props;
  const told = usePart(session, (state) => state.document.told.proposals);
  const open = usePart(session, (state) => state.proposals);
  const shown = open.slice(0, MOST_ROWS);
  const threshold = usePart(session, (state) => state.threshold);
  const [chosen, setChosen] = useState<string | null>(null);
  const run = chosen ?? models[0]?.id ?? null;
  if (run === null) return null;
  const all = open.map(({ index }) => index);
  return (
    <section className="label-panel label-proposals" aria-label="Model">
      <div className="label-ask">
        <Choice label="Run or model" hidesLabel value={run} options={models} onChange={setChosen} />
        <button type="button" className="button" disabled={isAsking} onClick={() => onAsk(run)}>
          {isAsking ? 'Asking …' : 'Ask'}
        </button>
      </div>
      <button
        type="button"
        className="button label-next"
        title={`The next image on which two models disagree, the most disagreed-on first (${nextKeys})`}
        onClick={onNext}
      >
        Next disagreement
      </button>
      {told === null ? null : (
        <Slider
          label="Sure from"
          min={LEAST_SURE}
          max={MOST_SURE}
          step={0.01}
          value={threshold}
          said={threshold.toFixed(2)}
          onChange={(value) => session.setThreshold(value)}
        />
      )}
      {told !== null && told.classes.length > 0 ? (
        <ClassProposals classes={told.classes} look={look} onAccept={onAcceptClasses} />
      ) : null}
      {told === null || told.classes.length > 0 ? null : (
        <>
          <div className="label-group">
            <strong>{formatPlural(open.length, 'proposal')}</strong>
            <Decide what="all" isOff={open.length === 0} indices={all} session={session} />
          </div>
          <ul className="label-list">
            {[...new Set(shown.map(({ class_name }) => class_name))].map((name) => (
              <ClassRows
                key={name}
                name={name}
                objects={shown.filter((one) => one.class_name === name)}
                look={look}
                session={session}
              />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface ClassRowsProps {
  readonly name: string;
  readonly objects: readonly ProposedObject[];
  readonly look: Look;
  readonly session: LabelSession;
}

function ClassRows({ name, objects, look, session }: ClassRowsProps): ReactElement {
  return (
    <>
      <li className="label-proposal">
        <span className="label-swatch" style={{ background: look.colourOf(name) }} />
        <strong className="label-name">{name}</strong>
        <Decide what={`every ${name}`} indices={objects.map(({ index }) => index)} session={session} />
      </li>
      {objects.map(({ index, score }) => (
        <li key={index} className="label-proposal label-proposal-one">
          <span className="label-name">{(100 * score).toFixed(0)} %</span>
          <Decide what={`${name}, ${(100 * score).toFixed(0)} %`} indices={[index]} session={session} />
        </li>
      ))}
    </>
  );
}

interface DecideProps {
  readonly what: string;
  readonly indices: readonly number[];
  readonly session: LabelSession;
  readonly isOff?: boolean;
}

function Decide({ what, indices, session, isOff = false }: DecideProps): ReactElement {
  return (
    <>
      <button
        type="button"
        className="button button-quiet label-eye"
        aria-label={`Accept ${what}`}
        title={`Accept ${what}`}
        disabled={isOff}
        onClick={() => session.accept(indices)}
      >
        ✓
      </button>
      <button
        type="button"
        className="button button-quiet label-eye"
        aria-label={`Reject ${what}`}
        title={`Reject ${what}`}
        disabled={isOff}
        onClick={() => session.reject(indices)}
      >
        ✕
      </button>
    </>
  );
}

interface ClassProposalsProps {
  readonly classes: readonly { readonly class_name: string; readonly probability: number }[];
  readonly look: Look;
  readonly onAccept: () => void;
}

/** More classes than that are hardly what the model means. */
const MOST_CLASSES = 5;

function ClassProposals({ classes, look, onAccept }: ClassProposalsProps): ReactElement {
  return (
    <>
      <ul className="label-list">
        {classes.slice(0, MOST_CLASSES).map(({ class_name, probability }) => (
          <li key={class_name} className="label-proposal">
            <span className="label-swatch" style={{ background: look.colourOf(class_name) }} />
            <span className="label-name">{class_name}</span>
            <small>{(100 * probability).toFixed(0)} %</small>
          </li>
        ))}
      </ul>
      <button type="button" className="button" onClick={onAccept}>
        Accept
      </button>
    </>
  );
}
