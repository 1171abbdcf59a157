/** A queue between a source that never waits and a reader that may: only the latest value of each key is kept. */

export class LatestByKey<K, V> {
  private readonly waiting = new Map<K, V>();
  private wake: (() => void) | null = null;

  /** A value already waiting under the same key is replaced and moves to the end. */
  put(key: K, value: V): void {
    this.waiting.delete(key);
    this.waiting.set(key, value);
    this.wake?.();
  }

  /** The oldest waiting value, as soon as there is one; null once the signal is aborted. One reader at a time. */
  async take(signal: AbortSignal | undefined): Promise<V | null> {
    if (!(await this.hasSome(signal))) return null;
    const [key, value] = this.waiting.entries().next().value!;
    this.waiting.delete(key);
    return value;
  }

  /** Everything that waits, oldest first, as soon as there is something; null once the signal is aborted. */
  async takeAll(signal: AbortSignal | undefined): Promise<V[] | null> {
    if (!(await this.hasSome(signal))) return null;
    const values = [...this.waiting.values()];
    this.waiting.clear();
    return values;
  }

  private async hasSome(signal: AbortSignal | undefined): Promise<boolean> {
    while (this.waiting.size === 0 && !signal?.aborted) await this.change(signal);
    return !signal?.aborted;
  }

  private change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        this.wake = null;
        resolve();
      };
      this.wake = wake;
      signal?.addEventListener('abort', wake);
    });
  }
}
