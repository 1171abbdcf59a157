/** How long a transfer will still take, from how fast it has been of late. */

const WINDOW_MS = 10_000;
/** Sooner, the first packets say more of buffers than of the line. */
const SHORTEST_MS = 2000;

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

export class TransferRate {
  private readonly nowMs: () => number;
  private samples: Sample[] = [];

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** Told of everything that has come; what lay there before the first call counts for nothing. */
  reached(bytes: number): void {
    const atMs = this.nowMs();
    this.samples.push({ atMs, bytes });
    const first = this.samples.findIndex((sample) => sample.atMs >= atMs - WINDOW_MS);
    this.samples = this.samples.slice(Math.max(0, first));
  }

  /** Units: bytes per second; null while too little is known. */
  get bytesPerSecond(): number | null {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (first === undefined || last === undefined || last.atMs - first.atMs < SHORTEST_MS) return null;
    return ((last.bytes - first.bytes) / (last.atMs - first.atMs)) * 1000;
  }

  /** Null while nobody can say: too little has come, nothing comes, or the size is not known. */
  remainingMs(totalBytes: number | null): number | null {
    const rate = this.bytesPerSecond;
    const done = this.samples.at(-1)?.bytes;
    if (rate === null || rate === 0 || totalBytes === null || done === undefined) return null;
    return ((totalBytes - done) / rate) * 1000;
  }
}
