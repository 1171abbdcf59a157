/** Changes of an image that came before their turn. */

import type { ImageChange } from '../../../preload/contract/labelling.ts';

export class EarlyChanges {
  private readonly bySequence = new Map<number, ImageChange>();

  add(change: ImageChange): void {
    this.bySequence.set(change.sequence, change);
  }

  /** The one that follows a document of that place in the order, where it has come; those before it are of no use. */
  after(sequence: number): ImageChange | undefined {
    for (const key of this.bySequence.keys()) if (key <= sequence) this.bySequence.delete(key);
    return this.bySequence.get(sequence + 1);
  }

  clear(): void {
    this.bySequence.clear();
  }
}
