/** What finished runs have given, kept in a file: after an interruption the others are not made again. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface Epoch {
  readonly train_loss: number;
  readonly metrics: Readonly<Record<string, number | null>>;
}

export interface Outcome {
  readonly epochs: readonly Epoch[];
  /** Wall time of the run, on whatever else the machine did. */
  readonly minutes: number;
  /** Day on which it ended, UTC. */
  readonly date: string;
}

export interface RunKey {
  readonly set: string;
  readonly side: 'ours' | 'torch';
  readonly seed: number;
  /** All that decides what a run gives: another recipe is another run. */
  readonly recipe: unknown;
}

export class Results {
  private readonly file: string;
  private readonly known: Record<string, Outcome>;

  constructor(file: string) {
    this.file = file;
    this.known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Outcome>) : {};
  }

  /** The kept outcome, or the one that `make` gives now. */
  get(key: RunKey, make: () => readonly Epoch[]): Outcome {
    const name = JSON.stringify([key.set, key.side, key.seed, key.recipe]);
    const kept = this.known[name];
    if (kept) return kept;
    const started = performance.now();
    const epochs = make();
    const minutes = (performance.now() - started) / 60_000;
    const outcome = { epochs, minutes, date: new Date().toISOString().slice(0, 10) };
    this.known[name] = outcome;
    writeFileSync(`${this.file}.partial`, JSON.stringify(this.known, null, 1));
    renameSync(`${this.file}.partial`, this.file);
    return outcome;
  }
}
