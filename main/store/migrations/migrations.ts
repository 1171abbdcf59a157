/** Every migration in order; the position is the `user_version` it leads to. Released ones are never edited. */

import { initial } from './0001-initial.ts';
import { dataWait } from './0002-data-wait.ts';
import { multiLabel } from './0003-multi-label.ts';
import { annotations } from './0004-annotations.ts';
import { browsing } from './0005-browsing.ts';
import { gestures } from './0006-gestures.ts';
import { sweeps } from './0007-sweeps.ts';
import { perLabel } from './0008-per-label.ts';
import { review } from './0009-review.ts';
import { revisions } from './0010-revisions.ts';
import { predictions } from './0011-predictions.ts';
import { journal } from './0012-journal.ts';
import { importedModels } from './0013-imported-models.ts';
import { labelSource } from './0014-label-source.ts';
import { sequences } from './0015-sequences.ts';
import { trackNames } from './0016-track-names.ts';

export interface Migration {
  /** The file's name without `.ts`. */
  readonly name: string;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  initial,
  dataWait,
  multiLabel,
  annotations,
  browsing,
  gestures,
  sweeps,
  perLabel,
  review,
  revisions,
  predictions,
  journal,
  importedModels,
  labelSource,
  sequences,
  trackNames,
];

/** The `user_version` this program writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;
