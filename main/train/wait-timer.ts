/** How long a reader waits for what it reads: for training, the time that images cost beyond what their workers hide. */

export class WaitTimer {
  /** Until now. */
  waitedMs = 0;
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** Passes on what the source gives; breaking off ends the source. */
  async *timed<Item>(source: AsyncGenerator<Item, void, undefined>): AsyncGenerator<Item, void, undefined> {
    try {
      for (;;) {
        const askedMs = this.nowMs();
        const { value, done } = await source.next();
        this.waitedMs += this.nowMs() - askedMs;
        if (done) return;
        yield value;
      }
    } finally {
      await source.return();
    }
  }
}
