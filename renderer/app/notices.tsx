/** What stands in place of a page that cannot be shown. */

import type { ReactElement } from 'react';
import { KeyIcon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import type { LiveState } from './engine/live-state.ts';
import { RUNS_HREF } from './route.ts';

export function NothingHere({ what }: { what: string }): ReactElement {
  return <Notice title="Nothing here" text={`There is ${what}.`} action={<a href={RUNS_HREF}>Show all runs</a>} />;
}

export function SignedOutNotice(): ReactElement {
  return (
    <Notice
      icon={<KeyIcon />}
      title="Signed out"
      text="The engine was started anew and does not know this window. Open the link it printed; this page then continues by itself."
    />
  );
}

export function RefusedNotice({ problem, onRetry }: { problem: string; onRetry: () => void }): ReactElement {
  return (
    <Notice
      icon={<KeyIcon />}
      title="The engine does not let this window in"
      text={problem}
      action={
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      }
    />
  );
}

export function OtherVersionNotice({ state }: { state: LiveState }): ReactElement {
  return (
    <Notice
      title="The engine is of another version"
      text={`It is Lightbench ${state.engine?.lightbench_version}, which this window does not understand. In a browser, reload to get the window that belongs to it; the desktop app must be of the engine’s version.`}
      action={
        <button type="button" className="button" onClick={() => location.reload()}>
          Reload
        </button>
      }
    />
  );
}
