/** Long work as a stream: how far it is, a few times a second, then what came of it. */

import type { Clock } from '../clock.ts';
import { LatestByKey } from '../ipc/latest.ts';

/** How far it is; the time is added here, since what `of` says is counted. */
export type Tell<P> = (progress: P) => void;

export type Told<P, T> =
  | { readonly type: 'progress'; readonly progress: P & { readonly elapsed_ms: number } }
  | { readonly type: 'done'; readonly value: T };

/** A person sees no more than that, and every event costs a message. */
const APART_MS = 100;

/** `work` is given the signal and settles soon after it is aborted. Errors: those of the work. */
export async function* told<P extends object, T>(
  work: (tell: Tell<P>, signal: AbortSignal) => Promise<T>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Told<P, T>> {
  const events = new LatestByKey<'progress' | 'end', (P & { readonly elapsed_ms: number }) | null>();
  const reader = new AbortController(); // a reader that leaves ends the work
  let startedMs = clock.nowMs();
  let lastMs = Number.NEGATIVE_INFINITY;
  let counted: unknown;
  const tell: Tell<P> = (progress) => {
    const nowMs = clock.nowMs();
    const of = 'of' in progress ? progress.of : undefined;
    if (counted !== undefined && of !== counted) [startedMs, lastMs] = [nowMs, Number.NEGATIVE_INFINITY];
    counted = of;
    if (nowMs - lastMs < APART_MS) return;
    lastMs = nowMs;
    events.put('progress', { ...progress, elapsed_ms: nowMs - startedMs });
  };
  const done = work(tell, AbortSignal.any([signal, reader.signal]));
  done.then(
    () => events.put('end', null),
    () => events.put('end', null),
  );
  try {
    for (;;) {
      const progress = await events.take(undefined);
      if (progress === null) break;
      yield { type: 'progress', progress };
    }
    yield { type: 'done', value: await done };
  } finally {
    reader.abort();
  }
}

/** Work under way that ends with whoever follows it, or all at once. */
export class FollowedWork {
  private readonly clock: Clock;
  private readonly closing = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** As `told`, until the signal is aborted or everything is closed. Errors: those of the work. */
  follow<P extends object, T>(
    work: (tell: Tell<P>, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Told<P, T>> {
    const ended = AbortSignal.any([this.closing.signal, ...(signal === undefined ? [] : [signal])]);
    const watched = (tell: Tell<P>, abort: AbortSignal) => {
      const done = work(tell, abort);
      this.underWay.add(done);
      const forget = () => void this.underWay.delete(done);
      done.then(forget, forget);
      return done;
    };
    return told(watched, this.clock, ended);
  }

  /** Settles once nothing goes on any more. */
  async whenIdle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.whenIdle();
  }
}
