/** How much of a card's memory a program takes at most, seen from outside: what is taken while it runs, less what was before. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const EVERY_MS = 250;
const exec = promisify(execFile);

/** Taken by everything on the card. Units: MiB. Null where nvidia-smi does not say. */
async function takenMb(card: number): Promise<number | null> {
  const query = ['--query-gpu=memory.used', '--format=csv,noheader,nounits', `--id=${card}`];
  try {
    const megabytes = Number.parseInt((await exec('nvidia-smi', query)).stdout, 10);
    return Number.isNaN(megabytes) ? null : megabytes;
  } catch {
    return null; // best effort: the figure is left out of a table that says so
  }
}

export class CardMemory {
  private readonly card: number;
  private readonly before: number | null;
  private most: number;
  private readonly timer: NodeJS.Timeout;

  private constructor(card: number, before: number | null) {
    this.card = card;
    this.before = before;
    this.most = before ?? 0;
    this.timer = setInterval(() => void this.look(), EVERY_MS);
  }

  /** To be begun before the program starts. `card`: null for devices whose memory nobody tells. */
  static async watch(card: number | null): Promise<CardMemory> {
    return new CardMemory(card ?? 0, card === null ? null : await takenMb(card));
  }

  /** So far. Units: MiB. Null where it is not told. */
  get mostMb(): number | null {
    return this.before === null ? null : this.most - this.before;
  }

  /** The most there was. */
  stop(): number | null {
    clearInterval(this.timer);
    return this.mostMb;
  }

  private async look(): Promise<void> {
    if (this.before === null) return;
    this.most = Math.max(this.most, (await takenMb(this.card)) ?? 0);
  }
}
