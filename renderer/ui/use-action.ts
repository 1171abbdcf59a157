/** Something a person asked the engine to do: whether it goes on, and why it was refused. */

import { useCallback, useState } from 'react';
import { messageOf } from '../../preload/contract/errors.ts';

export interface Action<A extends readonly unknown[], T> {
  readonly isBusy: boolean;
  readonly problem: string | null;
  /** The error itself, for whoever switches on its code. */
  readonly error: unknown;
  /** What came of the last time; null until then. */
  readonly value: T | null;
  readonly run: (...args: A) => void;
  readonly forget: () => void;
}

/** `onDone` is told what came of it. */
export function useAction<A extends readonly unknown[], T>(
  work: (...args: A) => Promise<T>,
  onDone: (value: T) => void = () => {},
): Action<A, T> {
  const [state, setState] = useState<Pick<Action<A, T>, 'isBusy' | 'error' | 'value'>>(IDLE);
  const run = async (...args: A) => {
    setState({ isBusy: true, error: null, value: null });
    try {
      const value = await work(...args);
      setState({ isBusy: false, error: null, value });
      onDone(value);
    } catch (error) {
      setState({ isBusy: false, error, value: null });
    }
  };
  const forget = useCallback(() => setState(IDLE), []);
  return {
    ...state,
    problem: state.error === null ? null : messageOf(state.error),
    run: (...args) => void run(...args),
    forget,
  };
}

const IDLE = { isBusy: false, error: null, value: null } as const;
