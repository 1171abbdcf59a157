/** What goes on in the engine, told anew with every change. */

import { useEffect, useState } from 'react';
import type { TransferState } from '../../../preload/contract/transfers.ts';
import type { TransferApi } from '../transfer-api.ts';

/** Null until told. */
export function useTransfers(api: TransferApi): TransferState | null {
  const [state, setState] = useState<TransferState | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const follow = async () => {
      for await (const next of await api.watch(abort.signal)) {
        if (abort.signal.aborted) return;
        setState(next);
      }
    };
    follow().catch(() => {}); // the connection is lost: another api comes with the next one
    return () => abort.abort();
  }, [api]);
  return state;
}
