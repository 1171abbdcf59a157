/** Stands in for the probe worker: dies on a path that says so, reports every other one as a picture of 1 x 1. */

import type { ChildReply } from '../../../main/images/child-pool.ts';
import type { Inspection } from '../../../main/images/inspect.ts';
import type { ProbeRequest } from '../../../main/images/probe-pool.ts';

process.on('message', ({ path }: ProbeRequest) => {
  if (path.includes('deadly')) process.kill(process.pid, 'SIGSEGV');
  const value = {
    width: 1,
    height: 1,
    orientation: 1,
    format: 'png',
    sha256: path,
    sizeBytes: 1,
    warnings: [],
  } as const;
  process.send!({ value } satisfies ChildReply<Inspection>);
});
process.on('disconnect', () => process.exit());
