/** The import or export that goes on in the engine, wherever it was begun. */

import type { ReactElement } from 'react';
import type { TransferState } from '../../../preload/contract/transfers.ts';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import type { TransferApi } from '../transfer-api.ts';
import { ProgressCard } from './progress-card.tsx';

export interface ActiveCardProps {
  readonly active: NonNullable<TransferState['active']>;
  readonly api: TransferApi;
}

export function ActiveCard({ active, api }: ActiveCardProps): ReactElement {
  const stop = useAction(api.stop);
  const isImport = active.what === 'import';
  return (
    <>
      <Problem title="It was not stopped" text={stop.problem} />
      <ProgressCard
        title={`${isImport ? 'Importing' : 'Exporting to'} ${active.path}`}
        progress={active.progress}
        isStopping={active.is_stopping}
        onStop={stop.run}
        note={`It goes on when you leave this page. ${isImport ? 'What is in when you stop stays in.' : 'Stopping leaves nothing behind.'}`}
      />
    </>
  );
}
