/** What a process is asked about clicks, in the order in which it is best answered: a person who waits comes first. */

import type { ClickAsked } from '../protocol.ts';

export class ClickQueue {
  private readonly waiting: ClickAsked[] = [];
  private hasEnded = false;
  private wake: (() => void) | null = null;

  put(asked: ClickAsked): void {
    this.waiting.push(asked);
    this.wake?.();
  }

  /** Nobody wants it any more. */
  drop(id: number): void {
    const at = this.waiting.findIndex((asked) => asked.id === id);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  /** Nothing more is put, and nobody waits any more. */
  end(): void {
    this.waiting.length = 0;
    this.hasEnded = true;
    this.wake?.();
  }

  /** A click before any picture that is looked at ahead; null once there will be no more. For one reader. */
  async take(): Promise<ClickAsked | null> {
    while (this.waiting.length === 0) {
      if (this.hasEnded) return null;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const click = this.waiting.findIndex(({ question }) => question !== null);
    return this.waiting.splice(Math.max(0, click), 1)[0]!;
  }
}
