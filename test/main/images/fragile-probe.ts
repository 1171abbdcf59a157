/** Stands in for the probe worker: dies on a path that says so, reports every other one as a picture of 1 x 1. */

import type { ChildReply } from '../../../main/images/child-pool.ts';
import type { Inspection } from '../../../main/images/inspect.ts';
import type { ProbeReplies, ProbeRequest } from '../../../main/images/probe-pool.ts';

process.on('message', ({ paths }: ProbeRequest) => {
  const value = paths.map((path) => ({ value: seen(path) }));
  process.send!({ value } satisfies ChildReply<ProbeReplies>);
});
process.on('disconnect', () => process.exit());

function seen(path: string): Inspection {
  if (path.includes('deadly')) process.kill(process.pid, 'SIGSEGV');
  return { width: 1, height: 1, orientation: 1, format: 'png', sha256: path, sizeBytes: 1, warnings: [] };
}
