/** Takes the tool in hand, its settings and the class from image to image. */

import { useLayoutEffect, useRef } from 'react';
import type { LabelSession } from '../session.ts';

export function useGoOn(session: LabelSession | null): void {
  const last = useRef<LabelSession | null>(null);
  useLayoutEffect(() => {
    if (session === null || session === last.current) return;
    if (last.current !== null) session.goOnFrom(last.current);
    last.current = session;
  }, [session]);
}
