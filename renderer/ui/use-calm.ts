import { useEffect, useRef, useState } from 'react';

/** The value as it was a while ago at most: it follows in steps, for what is too costly to be done for every change. */
export function useCalm<T>(value: T, pauseMs: number): T {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  latest.current = value;
  useEffect(() => {
    if (value === shown || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      setShown(latest.current);
    }, pauseMs);
  }, [value, shown, pauseMs]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return shown;
}
