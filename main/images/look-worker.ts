/** A child process that makes small pictures and fingerprints. */

import { answerParent } from './answer-parent.ts';
import { fingerprint, thumbnail } from './look.ts';
import type { LookRequest } from './look-pool.ts';

answerParent<LookRequest, Uint8Array | string>(({ path, wanted }) =>
  wanted === 'thumbnail' ? thumbnail(path) : fingerprint(path),
);
