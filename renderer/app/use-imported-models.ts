/** Models from elsewhere in the open project, told anew when one is added or removed. */

import { useEffect, useState } from 'react';
import type { ModelShelf } from '../../preload/contract/imported-models.ts';
import type { ModelApi } from '../models/model-api.ts';

const NONE: ModelShelf = { models: [], damaged: [] };

/** `project`: the folder of the open one, whose models they are; null where there is none. */
export function useImportedModels(api: ModelApi, project: string | null): ModelShelf {
  const [told, setTold] = useState({ project, shelf: NONE });
  useEffect(() => {
    if (project === null) return;
    const abort = new AbortController();
    const follow = async () => {
      for await (const shelf of await api.watch(abort.signal)) {
        if (abort.signal.aborted) return;
        setTold({ project, shelf });
      }
    };
    follow().catch(() => {}); // the connection is lost: another api comes with the next one
    return () => abort.abort();
  }, [api, project]);
  return told.project === project ? told.shelf : NONE;
}
