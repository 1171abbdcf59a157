/** A child process that inspects one image at a time; whatever a broken file does to the decoder, it does here. */

import { configureDecoder } from './decode.ts';
import { toErrorRecord } from './error-record.ts';
import { inspect } from './inspect.ts';
import type { ProbeReply, ProbeRequest } from './probe-pool.ts';

configureDecoder();

process.on('message', async ({ path, maxPixels }: ProbeRequest) => {
  let reply: ProbeReply;
  try {
    reply = { inspection: await inspect(path, maxPixels === null ? {} : { maxPixels }) };
  } catch (error) {
    reply = { error: toErrorRecord(error) };
  }
  process.send!(reply);
});

// Without its parent there is nobody left to answer.
process.on('disconnect', () => process.exit());
