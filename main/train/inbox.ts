/** Messages that come when they like, taken one by one in their order. */

export class Inbox<T> implements AsyncIterable<T> {
  private readonly waiting: T[] = [];
  private hasEnded = false;
  private wake: (() => void) | null = null;

  put(message: T): void {
    this.waiting.push(message);
    this.wake?.();
  }

  /** Nothing more is put; what lies here is still handed out. */
  end(): void {
    this.hasEnded = true;
    this.wake?.();
  }

  /** For one reader. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.waiting.length > 0) yield this.waiting.shift()!;
      if (this.hasEnded) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
