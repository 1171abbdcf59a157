/** What a worker thread of the batch feed does: it makes its share of each batch and writes it where the trainer reads it. */

import { parentPort, workerData } from 'node:worker_threads';
import { configureDecoder } from './decode.ts';
import { toErrorRecord } from './error-record.ts';
import {
  type FeedContent,
  type FeedReply,
  type FeedRequest,
  type FeedTask,
  type FeedWorkerSettings,
  LANES,
  NONE,
} from './feed-protocol.ts';
import { FeedSlot } from './feed-slot.ts';
import { ObjectViewMaker } from './objects/object-views.ts';
import { type MakeTargets, targetsOfView } from './objects/view-targets.ts';
import { ViewMaker } from './views.ts';

/** Serves the thread it is called in until its feed closes. `makeTargets`: null where feeds order none. */
export function serveFeed(makeTargets: MakeTargets | null): void {
  const port = parentPort!;
  const { content, batchSize, slots: memories, cacheBytes, underWay } = workerData as FeedWorkerSettings;
  const slots = memories.map((memory) => new FeedSlot(content, batchSize, memory));
  const views = viewsOf(content, cacheBytes, makeTargets);
  let earlierWork: Promise<void> = Promise.resolve();

  configureDecoder();

  const answer = async (task: FeedTask): Promise<void> => {
    const error = await fill(views, slots[task.slot]!, task, underWay).then(
      () => null,
      (thrown: unknown) => toErrorRecord(thrown),
    );
    port.postMessage({ job: task.job, error, kept: views.kept } satisfies FeedReply);
  };

  port.on('message', (request: FeedRequest) => {
    // Closing the port lets the thread end by itself; terminating it from outside would tear down libvips in mid-call.
    earlierWork = earlierWork.then(() => (request === 'close' ? port.close() : answer(request)));
  });
}

async function fill(
  views: Views,
  out: FeedSlot,
  { epoch, views: indices, positions }: FeedTask,
  underWay: Int32Array,
): Promise<void> {
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    for (let i = lane; i < indices.length; i += LANES) {
      underWay[lane] = indices[i]!;
      await views.put(out, positions[i]!, indices[i]!, epoch);
    }
    underWay[lane] = NONE;
  });
  // All of them must have stopped writing before the slot is given back.
  const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

interface Views {
  /** Makes a view in an epoch and puts it in its place of the batch. */
  put(slot: FeedSlot, position: number, index: number, epoch: number): Promise<void>;
  readonly kept: number;
}

function viewsOf(shown: FeedContent, cacheBytes: number, makeTargets: MakeTargets | null): Views {
  if ('targets' in shown) {
    const { samples, transform, targets: order } = shown;
    const maker = new ObjectViewMaker(samples, transform, cacheBytes);
    const targets = order && makeTargets!(order, transform.canvas);
    return {
      put: async (slot, position, index, epoch) => {
        const view = await maker.view(index, epoch);
        const values = targets && targetsOfView(targets, view.objects, order!, { epoch, index });
        slot.putView(position, view, values ?? new Map());
      },
      get kept() {
        return maker.kept;
      },
    };
  }
  const { samples, transform } = shown;
  const maker = new ViewMaker(transform, cacheBytes);
  return {
    put: async (slot, position, index, epoch) => slot.putPixels(position, await maker.view(samples[index]!, epoch)),
    get kept() {
      return maker.kept;
    },
  };
}
