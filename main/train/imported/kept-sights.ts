/** What was seen of pictures, kept for the clicks that follow; the least lately used goes first. */

export class KeptSights<T extends { readonly bytes: number }> {
  private readonly limitBytes: number;
  /** The least lately used first. */
  private readonly byKey = new Map<string, T>();

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get(key: string): T | null {
    const known = this.byKey.get(key);
    if (known === undefined) return null;
    this.byKey.delete(key);
    this.byKey.set(key, known);
    return known;
  }

  /** The newest is kept, however large it is: somebody is about to click on it. */
  put(key: string, sight: T): void {
    this.byKey.delete(key);
    this.byKey.set(key, sight);
    let total = [...this.byKey.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [other, { bytes }] of this.byKey) {
      if (total <= this.limitBytes || other === key) return;
      this.byKey.delete(other);
      total -= bytes;
    }
  }
}
