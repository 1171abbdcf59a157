/** What trains epochs of one size of picture: the compiled step with the state it changes, and the pictures it is fed. */

import type { BatchFeed } from '../images/feed.ts';
import type { Learning } from './learning.ts';
import type { TrainJob } from './protocol.ts';
import type { OpenRunner, StepRunner } from './step-runner.ts';
import { usedUp } from './used-up.ts';

export interface StageContext {
  readonly nowMs: () => number;
  readonly openRunner: OpenRunner;
  /** Room for decoded images. */
  readonly imageCacheBytes: number;
}

export class Stage {
  readonly learning: Learning;
  readonly runner: StepRunner;
  readonly feed: BatchFeed;
  private isClosed = false;

  private constructor(learning: Learning, runner: StepRunner, feed: BatchFeed) {
    this.learning = learning;
    this.runner = runner;
    this.feed = feed;
  }

  /** `values` are taken: their memory is given back once the runner has them. */
  static async open(
    learning: Learning,
    values: ReadonlyMap<string, Float32Array>,
    job: TrainJob,
    { nowMs, openRunner, imageCacheBytes }: StageContext,
  ): Promise<Stage> {
    const runner = await openRunner(learning.programs(), values, { ...job, nowMs });
    usedUp(values);
    return new Stage(learning, runner, learning.openTraining(imageCacheBytes));
  }

  /** The state as it is, trained on as `learning` says: just as a resumed run would begin. This stage is closed. */
  async goOnAs(learning: Learning, job: TrainJob, context: StageContext): Promise<Stage> {
    const tensors = await this.runner.tensors();
    const values = new Map([...tensors].map(([name, { data }]) => [name, data.slice()] as const));
    await this.close();
    return Stage.open(learning, values, job, context);
  }

  /** Closing twice is harmless. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.feed.close();
    await this.runner.release();
  }
}
