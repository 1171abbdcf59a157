/** Has a trained run, or a model from elsewhere, look at the images that are selected; what it says becomes proposals on the canvas. */

import { type ReactElement, useEffect, useRef, useState } from 'react';
import { messageOf } from '../../../preload/contract/errors.ts';
import { Choice, type Option } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, formatPlural } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';
import { Problem } from '../../ui/problem.tsx';
import type { DataSource } from './data-source.ts';

export interface PredictDialogProps {
  readonly ids: readonly number[];
  /** Runs and models from elsewhere that can be asked. */
  readonly models: readonly Option<string>[];
  readonly source: DataSource;
  /** The page of models from elsewhere. */
  readonly modelsLink: string;
  readonly onClose: () => void;
}

type State =
  | { readonly at: 'choosing' }
  | { readonly at: 'asking'; readonly done: number; readonly total: number }
  | { readonly at: 'done'; readonly predicted: number; readonly skipped: readonly string[] }
  | { readonly at: 'failed'; readonly problem: string };

/** More reasons than that nobody reads. */
const MOST_REASONS = 5;

export function PredictDialog({ ids, models, source, modelsLink, onClose }: PredictDialogProps): ReactElement {
  const [chosen, setChosen] = useState<string | null>(null);
  const run = chosen ?? models[0]?.id ?? '';
  const [state, setState] = useState<State>({ at: 'choosing' });
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const leave = new AbortController();
    leaving.current = leave;
    return () => leave.abort(); // closing the dialog stops the work; what was said so far is kept
  }, []);
  const ask = async () => {
    const { signal } = leaving.current;
    setState({ at: 'asking', done: 0, total: ids.length });
    try {
      for await (const event of await source.predict({ run_id: run, image_ids: [...ids] }, signal)) {
        if (signal.aborted) return;
        if (event.type === 'progress') setState({ at: 'asking', done: event.done, total: event.total });
        else setState({ at: 'done', predicted: event.predicted, skipped: event.skipped.map(({ reason }) => reason) });
      }
    } catch (error) {
      if (!signal.aborted) setState({ at: 'failed', problem: messageOf(error) });
    }
  };
  return (
    <Dialog title={`Ask a model about ${formatPlural(ids.length, 'image')}`} isOpen onClose={onClose}>
      {models.length === 0 ? (
        <p>No run has a model yet.</p>
      ) : (
        <Choice label="Run or model" value={run} options={models} onChange={setChosen} />
      )}
      <p className="muted">
        What it says is proposed on the canvas until somebody accepts it; labels stay as they are. Sort by how unsure it
        is to look at the doubtful images first. <a href={modelsLink}>Add a model from elsewhere</a>
      </p>
      {state.at === 'asking' ? (
        <>
          <Meter fraction01={state.total === 0 ? 0 : state.done / state.total} label="Images looked at" isBusy />
          <p role="status">
            {formatCount(state.done)} of {formatCount(state.total)}
          </p>
        </>
      ) : null}
      {state.at === 'done' ? <Outcome predicted={state.predicted} skipped={state.skipped} /> : null}
      <Problem title="The model was not asked" text={state.at === 'failed' ? state.problem : null} />
      <div className="dialog-end">
        <button type="button" className="button" onClick={onClose}>
          {state.at === 'asking' ? 'Stop' : 'Close'}
        </button>
        <button
          type="button"
          className="button button-main"
          disabled={state.at === 'asking' || run === ''}
          onClick={() => void ask()}
        >
          Ask
        </button>
      </div>
    </Dialog>
  );
}

function Outcome({ predicted, skipped }: { predicted: number; skipped: readonly string[] }): ReactElement {
  return (
    <div role="status">
      <p>{formatPlural(predicted, 'image')} looked at.</p>
      {skipped.length === 0 ? null : (
        <>
          <p>{formatPlural(skipped.length, 'image')} could not be read:</p>
          <ul>
            {skipped.slice(0, MOST_REASONS).map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
