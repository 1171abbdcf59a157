import type { ReactElement } from 'react';
import type { ConnectionState } from './engine/live-state.ts';

const LOST = 'Trying again by itself. What you see is the last that was known.';

export interface ToastProps {
  readonly connection: ConnectionState;
  /** Whether this window was connected before. */
  readonly wasConnected: boolean;
  readonly onRetry: () => void;
}

/** Lies over the page and moves nothing: what is shown is the last that was known. */
export function ConnectionToast(props: ToastProps): ReactElement | null {
  const { connection, wasConnected, onRetry } = props;
  if (connection.status !== 'reconnecting') return null;
  return (
    <div className="toast" role="alert">
      <div>
        <strong>{wasConnected ? 'Connection to the engine lost' : 'The engine does not answer'}</strong>
        <p>{connection.problem ?? (wasConnected ? LOST : 'Trying again by itself.')}</p>
      </div>
      <button type="button" className="button" onClick={onRetry}>
        Retry now
      </button>
    </div>
  );
}
