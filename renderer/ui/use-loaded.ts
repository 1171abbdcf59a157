import { useEffect, useState } from 'react';

export interface Loaded<T> {
  /** Null until it has come. */
  readonly loaded: T | null;
  /** Why it did not come, in words. */
  readonly problem: string | null;
}

/** What was asked for when the page opened; asked for again whenever `load` is another function. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Loaded<T>>({ loaded: null, problem: null });
  useEffect(() => {
    let isWanted = true;
    load().then(
      (loaded) => isWanted && setState({ loaded, problem: null }),
      (error: Error) => isWanted && setState(({ loaded }) => ({ loaded, problem: error.message })),
    );
    return () => {
      isWanted = false;
    };
  }, [load]);
  return state;
}
