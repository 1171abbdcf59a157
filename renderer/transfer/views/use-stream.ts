/** A stream that ends in a result, followed while the page is there: its last progress, its result, why it failed. */

import { useCallback, useEffect, useRef, useState } from 'react';
import type { TransferProgress } from '../../../preload/contract/transfers.ts';

export interface Stream<A extends readonly unknown[], T> {
  readonly isBusy: boolean;
  readonly progress: TransferProgress | null;
  readonly result: T | null;
  readonly problem: string | null;
  readonly run: (...args: A) => void;
  /** Ends it without a result. */
  readonly stop: () => void;
  readonly forget: () => void;
}

type AnyEvent = { readonly type: 'progress'; readonly progress: TransferProgress } | { readonly type: 'done' };
type Done<E> = Extract<E, { readonly type: 'done' }>;
type State<T> = Pick<Stream<readonly [], T>, 'isBusy' | 'progress' | 'result' | 'problem'>;

const IDLE = { isBusy: false, progress: null, result: null, problem: null } as const;

export function useStream<A extends readonly unknown[], E extends AnyEvent>(
  open: (...args: [...A, AbortSignal]) => Promise<AsyncIterable<E>>,
): Stream<A, Done<E>> {
  const [state, setState] = useState<State<Done<E>>>(IDLE);
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
        if (event.type === 'progress') setState({ ...IDLE, isBusy: true, progress: event.progress });
        else setState({ ...IDLE, result: event as Done<E> });
      }
    } catch (error) {
      if (!abort.signal.aborted) setState({ ...IDLE, problem: (error as Error).message });
    }
  };
  useEffect(() => () => running.current?.abort(), []);
  return { ...state, run: (...args) => void run(...args), stop, forget };
}
