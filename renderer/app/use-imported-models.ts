/** Models from elsewhere in the open project, told anew when one is added or removed. */

import { useEffect, useState } from 'react';
import type { ImportedModel } from '../../preload/contract/imported-models.ts';
import type { ModelApi } from '../models/model-api.ts';

const NONE: readonly ImportedModel[] = [];

/** `project`: the folder of the open one, whose models they are; null where there is none. */
export function useImportedModels(api: ModelApi, project: string | null): readonly ImportedModel[] {
  const [told, setTold] = useState({ project, models: NONE });
  useEffect(() => {
    if (project === null) return;
    const abort = new AbortController();
    const follow = async () => {
      for await (const models of await api.watch(abort.signal)) {
        if (abort.signal.aborted) return;
        setTold({ project, models });
      }
    };
    follow().catch(() => {}); // the connection is lost, or a record is damaged, which adding and asking say by name
    return () => abort.abort();
  }, [api, project]);
  return told.project === project ? told.models : NONE;
}
