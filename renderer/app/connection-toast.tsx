import type { ReactElement } from 'react';
import type { ConnectionState } from './engine/live-state.ts';

/** Lies over the page and moves nothing: what is shown is the last that was known. */
export function ConnectionToast(props: { connection: ConnectionState; onRetry: () => void }): ReactElement | null {
  const { connection, onRetry } = props;
  if (connection.status !== 'reconnecting') return null;
  return (
    <div className="toast" role="alert">
      <div>
        <strong>Connection to the engine lost</strong>
        <p>{connection.problem ?? 'Trying again by itself. What you see is the last that was known.'}</p>
      </div>
      <button type="button" className="button" onClick={onRetry}>
        Retry now
      </button>
    </div>
  );
}
