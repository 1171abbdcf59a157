/** What opens over the page: its keys, the image's history, and the question why labels are rejected. */

import type { ReactElement } from 'react';
import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';
import { HelpSheet } from './help-sheet.tsx';
import { HistorySheet } from './history-sheet.tsx';
import { RejectDialog } from './review-panel.tsx';
import type { OwnKeysControl } from './use-own-keys.ts';
import { usePart } from './use-session.ts';

export type SheetName = 'keys' | 'history' | 'reject';

export interface DeskSheetsProps {
  /** Null while none is open. */
  readonly open: SheetName | null;
  readonly session: LabelSession;
  readonly api: LabelApi;
  readonly image: number;
  readonly keys: OwnKeysControl;
  readonly onClose: () => void;
}

export function DeskSheets({ open, session, api, image, keys, onClose }: DeskSheetsProps): ReactElement {
  const { note } = usePart(session, (state) => state.document.told.review);
  return (
    <>
      <HistorySheet api={api} image={image} isOpen={open === 'history'} onClose={onClose} />
      <RejectDialog
        isOpen={open === 'reject'}
        note={note}
        onReject={(why) => {
          onClose();
          session.setReview({ state: 'rejected', note: why });
        }}
        onClose={onClose}
      />
      <HelpSheet keys={keys} isOpen={open === 'keys'} onClose={onClose} />
    </>
  );
}
