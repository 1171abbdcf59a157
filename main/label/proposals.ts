/** The newest answer of any model about an image, as windows show it. */

import type { Proposals } from '../../preload/contract/proposals.ts';
import type { ReadDb } from '../store/db.ts';
import { newestPrediction } from '../store/predictions.ts';

/** Null where no model was asked. */
export function proposalsOf(db: ReadDb, imageId: number): Proposals | null {
  const prediction = newestPrediction(db, imageId);
  if (prediction === null) return null;
  const { run_id, made_at_ms, found, settled } = prediction;
  return {
    ...{ run_id, made_at_ms, settled },
    objects: found.kind === 'objects' ? found.objects.map((object, index) => ({ index, ...object })) : [],
    classes: found.kind === 'classes' ? found.classes : [],
  };
}
