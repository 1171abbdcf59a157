/** A child process that looks at one image at a time; whatever a broken file does to the decoder, it does here. */

import { answerParent } from './answer-parent.ts';
import type { ChildReply } from './child-pool.ts';
import { toErrorRecord } from './error-record.ts';
import { type Inspection, inspect } from './inspect.ts';
import type { ProbeReplies, ProbeRequest } from './probe-pool.ts';
import { readPlanes, type ValuePlanes } from './value-planes.ts';

answerParent(async ({ paths, wanted, maxPixels }: ProbeRequest): Promise<ProbeReplies> => {
  const options = maxPixels === null ? {} : { maxPixels };
  const replies: ChildReply<Inspection | ValuePlanes>[] = [];
  for (const path of paths) {
    try {
      replies.push({ value: await (wanted === 'planes' ? readPlanes(path, options) : inspect(path, options)) });
    } catch (error) {
      replies.push({ error: toErrorRecord(error) });
    }
  }
  return replies;
});
