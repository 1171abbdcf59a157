/** A child process that looks at one image at a time; whatever a broken file does to the decoder, it does here. */

import { answerParent } from './answer-parent.ts';
import { type Inspection, inspect } from './inspect.ts';
import type { ProbeRequest } from './probe-pool.ts';
import { readPlanes, type ValuePlanes } from './value-planes.ts';

answerParent(({ path, wanted, maxPixels }: ProbeRequest): Promise<Inspection | ValuePlanes> => {
  const options = maxPixels === null ? {} : { maxPixels };
  return wanted === 'planes' ? readPlanes(path, options) : inspect(path, options);
});
