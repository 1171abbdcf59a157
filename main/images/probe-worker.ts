/** A child process that inspects one image at a time; whatever a broken file does to the decoder, it does here. */

import { answerParent } from './answer-parent.ts';
import { inspect } from './inspect.ts';
import type { ProbeRequest } from './probe-pool.ts';

answerParent(({ path, maxPixels }: ProbeRequest) => inspect(path, maxPixels === null ? {} : { maxPixels }));
