/** A feed worker that begins its first picture and dies. */

import { parentPort, workerData } from 'node:worker_threads';
import type { FeedTask, FeedWorkerSettings } from '../../../main/images/feed-protocol.ts';

const { underWay } = workerData as FeedWorkerSettings;

parentPort!.on('message', ({ views }: FeedTask) => {
  underWay[0] = views[0]!;
  process.exit(3);
});
