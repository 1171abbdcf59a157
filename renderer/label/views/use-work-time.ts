/** Measures how long the image on show is worked on, and tells the engine now and then and when it is left. */

import { useEffect, useState } from 'react';
import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';
import { WorkTime } from '../work-time.ts';

const TOLD_EVERY_MS = 15_000;
const SHOWN_EVERY_MS = 1_000;

/** What the engine does not know of yet, as of the last second. Units: milliseconds. */
export function useWorkTime(api: LabelApi, image: number, session: LabelSession): number {
  const [untoldMs, setUntoldMs] = useState(0);
  useEffect(() => {
    const time = new WorkTime(performance.now());
    const leave = new AbortController();
    const note = ({ timeStamp }: Event) => time.note(timeStamp);
    for (const event of ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const) {
      addEventListener(event, note, { signal: leave.signal, passive: true });
    }
    const show = () => setUntoldMs(time.untoldMs);
    const tell = async () => {
      const taken = time.take();
      if (taken === 0) return;
      try {
        session.setWorkTime(await api.spend(image, taken));
        time.told(taken);
      } catch {
        time.giveBack(taken); // best effort: it is a statistic, and what could not be told is told the next time
      }
      show();
    };
    const timers = [setInterval(show, SHOWN_EVERY_MS), setInterval(() => void tell(), TOLD_EVERY_MS)];
    return () => {
      for (const timer of timers) clearInterval(timer);
      leave.abort();
      time.note(performance.now());
      void tell();
    };
  }, [api, image, session]);
  return untoldMs;
}
