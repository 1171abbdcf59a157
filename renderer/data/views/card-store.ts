/** What is known of images, fetched by the screenful when they come into view and kept while the data stays the same. */

import { type ImageCard, MOST_ROWS } from '../../../preload/contract/data.ts';
import type { DataSource } from './data-source.ts';

/** Long enough that what a fast scroll passes is never asked for, too short to be noticed. */
const SETTLE_MS = 60;
/** More than fits on any screen, many times over. */
const MOST_KEPT = 20_000;

export class CardStore {
  private readonly source: DataSource;
  private readonly onChange: () => void;
  private readonly cards = new Map<number, ImageCard>();
  private stale = new Set<number>();
  private wanted: readonly number[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isClosed = false;

  /** `onChange` is told when cards have come. */
  constructor(source: DataSource, onChange: () => void) {
    this.source = source;
    this.onChange = onChange;
  }

  get(id: number): ImageCard | null {
    return this.cards.get(id) ?? null;
  }

  /** These are in view now; what was in view before and did not come yet is not asked for any more. */
  want(ids: readonly number[]): void {
    this.wanted = ids;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.fetch(), SETTLE_MS);
  }

  /** Everything may have changed: what is known stays on show until it is told anew. */
  refresh(): void {
    this.stale = new Set(this.cards.keys());
    void this.fetch();
  }

  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private async fetch(): Promise<void> {
    const missing = this.wanted.filter((id) => !this.cards.has(id) || this.stale.has(id)).slice(0, MOST_ROWS);
    if (missing.length === 0 || this.isClosed) return;
    const told = await this.source.cards(missing).catch(() => null);
    // A connection that is lost makes another store, which asks again.
    if (told === null || this.isClosed) return;
    if (this.cards.size > MOST_KEPT) this.cards.clear();
    for (const card of told) {
      this.cards.set(card.id, card);
      this.stale.delete(card.id);
    }
    this.onChange();
  }
}
