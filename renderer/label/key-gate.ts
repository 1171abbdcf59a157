/**
 * Keeps keys that are pressed before the page can obey them, and gives them in their order once it can: while another image
 * is on its way, while it is asked which that is, and while what a key depends on has no answer. Keys come faster than these.
 */

/** Takes a hold back; once is enough. */
export type Release = () => void;

export interface GateOptions<Key> {
  /** Has a key obeyed. */
  readonly give: (key: Key) => void;
  /** What a key has to wait for; null for nothing. */
  readonly minds: (key: Key) => Promise<unknown> | null;
}

/** More than hands press while something is on its way; the rest of a key that lies under something is not kept. */
const MOST_KEPT = 200;

export class KeyGate<Key> {
  private readonly options: GateOptions<Key>;
  private kept: Key[] = [];
  private holds = 0;
  private going: Release | null = null;
  private isPassing = false;

  constructor(options: GateOptions<Key>) {
    this.options = options;
  }

  /** Whether some were pressed that are not obeyed yet. */
  get isKeeping(): boolean {
    return this.kept.length > 0;
  }

  /** Whether something is waited for. */
  get isHeld(): boolean {
    return this.holds > 0;
  }

  /** Whether the key is kept for later; else whoever pressed it is obeyed now. */
  keeps(key: Key): boolean {
    const isFree = this.holds === 0 && !this.isKeeping && this.options.minds(key) === null;
    if (isFree) return false;
    if (this.kept.length < MOST_KEPT) this.kept.push(key);
    this.pass();
    return true;
  }

  /** Nothing is given until the hold is taken back. */
  hold(): Release {
    let isHeld = true;
    this.holds++;
    return () => {
      if (isHeld) this.holds--;
      isHeld = false;
      this.pass();
    };
  }

  /** Another image is to be shown: what is pressed from here on is for that one. */
  leave(): void {
    this.going ??= this.hold();
  }

  /** One is shown. */
  arrive(): void {
    this.going?.();
    this.going = null;
  }

  /** Lets go of what is kept, as it was for something that does not come; returns how much that was. */
  forget(): number {
    const count = this.kept.length;
    this.kept = [];
    return count;
  }

  /** One key at a time, as they are pressed, so that the page shows what one did before the next comes. */
  private pass(): void {
    if (this.isPassing) return;
    this.isPassing = true;
    setTimeout(() => {
      this.isPassing = false;
      const [next] = this.kept;
      if (this.holds > 0 || next === undefined) return;
      const waits = this.options.minds(next);
      if (waits !== null) {
        const release = this.hold();
        void waits.then(release, release);
        return;
      }
      this.kept.shift();
      this.options.give(next);
      this.pass();
    });
  }
}
