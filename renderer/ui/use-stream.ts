/** A stream that ends in a result, followed while the page is there: its last progress, its result, why it failed. */

import { useCallback, useEffect, useRef, useState } from 'react';

export interface Stream<A extends readonly unknown[], P, T> {
  readonly isBusy: boolean;
  readonly progress: P | null;
  readonly result: T | null;
  readonly problem: string | null;
  readonly run: (...args: A) => void;
  /** Ends it without a result. */
  readonly stop: () => void;
  readonly forget: () => void;
}

type AnyEvent = { readonly type: 'progress'; readonly progress: unknown } | { readonly type: 'done' };
type ProgressOf<E> = E extends { readonly type: 'progress'; readonly progress: infer P } ? P : never;
type Done<E> = Extract<E, { readonly type: 'done' }>;
type State<P, T> = Pick<Stream<readonly [], P, T>, 'isBusy' | 'progress' | 'result' | 'problem'>;

const IDLE = { isBusy: false, progress: null, result: null, problem: null } as const;

/** `onDone` hears of every result what was asked for. */
export function useStream<A extends readonly unknown[], E extends AnyEvent>(
  open: (...args: [...A, AbortSignal]) => Promise<AsyncIterable<E>>,
  onDone: (...args: A) => void = () => {},
): Stream<A, ProgressOf<E>, Done<E>> {
  const [state, setState] = useState<State<ProgressOf<E>, Done<E>>>(IDLE);
  const running = useRef<AbortController | null>(null);
  const stop = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setState((before) => ({ ...before, isBusy: false, progress: null }));
  }, []);
  const forget = useCallback(() => {
    running.current?.abort();
    setState(IDLE);
  }, []);
  const run = async (...args: A) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setState({ ...IDLE, isBusy: true });
    try {
      for await (const event of await open(...args, abort.signal)) {
        if (abort.signal.aborted) return;
        if (event.type === 'progress') setState({ ...IDLE, isBusy: true, progress: event.progress as ProgressOf<E> });
        else {
          setState({ ...IDLE, result: event as Done<E> });
          onDone(...args);
        }
      }
    } catch (error) {
      if (!abort.signal.aborted) setState({ ...IDLE, problem: (error as Error).message });
    }
  };
  useEffect(() => () => running.current?.abort(), []);
  return { ...state, run: (...args) => void run(...args), stop, forget };
}
