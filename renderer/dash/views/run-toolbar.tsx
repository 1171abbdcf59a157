/** What can be done about a run in the state it is in. */

import type { ReactElement } from 'react';
import type { RunHead, RunState } from '../../../preload/contract/run.ts';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import type { RunActions, RunLinks } from './run-actions.ts';

export interface RunToolbarProps {
  readonly run: RunHead;
  readonly actions: RunActions;
  readonly links: RunLinks;
}

const CAN_STOP: ReadonlySet<RunState> = new Set(['queued', 'running']);
const CAN_GO_ON: ReadonlySet<RunState> = new Set(['queued', 'failed', 'cancelled']);

export function useRunToolbar({ run, actions, links }: RunToolbarProps): { buttons: ReactElement; said: ReactElement } {
  const stop = useAction(actions.stop);
  const resume = useAction(actions.resume);
  const bundle = useAction(actions.bundle);
  const { id, state } = run;
  const hasModel = run.primary_metric.epoch !== null;
  const buttons = (
    <div className="page-actions">
      {CAN_STOP.has(state) ? (
        <button type="button" className="button" disabled={stop.isBusy} onClick={() => stop.run(id)}>
          Stop
        </button>
      ) : null}
      {CAN_GO_ON.has(state) ? (
        <button type="button" className="button" disabled={resume.isBusy} onClick={() => resume.run(id)}>
          {run.last_epoch !== null ? 'Resume' : 'Start'}
        </button>
      ) : null}
      <a className="button" href={links.newRun(id)}>
        New run like this
      </a>
      {hasModel ? (
        <button type="button" className="button" disabled={bundle.isBusy} onClick={() => bundle.run(id)}>
          {bundle.isBusy ? 'Writing the bundle …' : 'Make a bundle'}
        </button>
      ) : null}
    </div>
  );
  const said = (
    <>
      <Problem title="The run was not stopped" text={stop.problem} />
      <Problem title="The run does not go on" text={resume.problem} />
      <Problem title="There is no bundle" text={bundle.problem} />
      {bundle.value === null ? null : (
        <div className="reason reason-good" role="status">
          <strong>The bundle is written</strong>
          <p>
            <span className="path">{bundle.value.folder}</span>: {bundle.value.model}, {bundle.value.labels} labels.
            Check it on any machine with <code>node check.mjs</code>.
          </p>
        </div>
      )}
    </>
  );
  return { buttons, said };
}
