/** Lets what matters more be seen first: where `of` is another, children stay as they were until a frame has been shown. */

import { type ReactNode, useEffect, useRef, useState } from 'react';

export interface AfterFrameProps {
  readonly of: unknown;
  readonly children: ReactNode;
}

export function AfterFrame({ of, children }: AfterFrameProps): ReactNode {
  const [late, setLate] = useState(of);
  const kept = useRef(children);
  if (late === of) kept.current = children;
  useEffect(() => {
    if (late === of) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setLate(of));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [late, of]);
  return kept.current; // the very same elements, of which nothing is drawn anew
}
