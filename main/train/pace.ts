/** How long a run still takes, from how long its epochs took so far. */

export class Pace {
  private readonly nowMs: () => number;
  private readonly epochs: number;
  private readonly epochMs: number[] = [];
  private startedMs: number;

  constructor(nowMs: () => number, epochs: number) {
    this.nowMs = nowMs;
    this.epochs = epochs;
    this.startedMs = nowMs();
  }

  epochFinished(): void {
    this.epochMs.push(this.nowMs() - this.startedMs);
    this.startedMs = this.nowMs();
  }

  /**
   * `share01`: how much of the running epoch is done. Null before there is anything to go by. Early stopping may end
   * the run sooner.
   */
  remainingMs(epoch: number, share01: number): number | null {
    const elapsedMs = this.nowMs() - this.startedMs;
    const wholeMs = this.epochMs.length > 0 ? median(this.epochMs) : share01 > 0 ? elapsedMs / share01 : null;
    if (wholeMs === null) return null;
    return (this.epochs - epoch) * wholeMs + Math.max(0, wholeMs - elapsedMs);
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
