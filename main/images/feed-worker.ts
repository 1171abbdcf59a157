/** A worker thread of the batch feed: makes its share of each batch and writes it where the trainer will read it. */

import { parentPort, workerData } from 'node:worker_threads';
import { configureDecoder } from './decode.ts';
import { toErrorRecord } from './error-record.ts';
import {
  type FeedReply,
  type FeedRequest,
  type FeedTask,
  type FeedWorkerSettings,
  LANES,
  NONE,
} from './feed-protocol.ts';
import { ViewMaker } from './views.ts';

const port = parentPort!;
const { samples, transform, slots, cacheBytes, underWay } = workerData as FeedWorkerSettings;
const views = new ViewMaker(transform, cacheBytes);
const viewBytes = 3 * transform.cropSize ** 2;
let earlierWork: Promise<void> = Promise.resolve();

configureDecoder();

port.on('message', (request: FeedRequest) => {
  // Closing the port lets the thread end by itself; terminating it from outside would tear down libvips in mid-call.
  earlierWork = earlierWork.then(() => (request === 'close' ? port.close() : answer(request)));
});

async function answer(task: FeedTask): Promise<void> {
  const error = await fill(task).then(
    () => null,
    (thrown: unknown) => toErrorRecord(thrown),
  );
  port.postMessage({ job: task.job, error, kept: views.kept } satisfies FeedReply);
}

async function fill({ slot, epoch, samples: indices, positions }: FeedTask): Promise<void> {
  const out = new Uint8Array(slots[slot]!);
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    for (let i = lane; i < indices.length; i += LANES) {
      underWay[lane] = indices[i]!;
      out.set(await views.view(samples[indices[i]!]!, epoch), positions[i]! * viewBytes);
    }
    underWay[lane] = NONE;
  });
  // All of them must have stopped writing before the slot is given back.
  const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
