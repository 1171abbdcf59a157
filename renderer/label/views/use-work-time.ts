/** Measures how long the image on show is worked on, and tells the engine now and then and when it is left. */

import { useEffect } from 'react';
import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';
import { WorkTime } from '../work-time.ts';

const REPORT_MS = 15_000;

export function useWorkTime(api: LabelApi, image: number, session: LabelSession): void {
  useEffect(() => {
    const time = new WorkTime(performance.now());
    const leave = new AbortController();
    const note = ({ timeStamp }: Event) => time.note(timeStamp);
    for (const event of ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const) {
      addEventListener(event, note, { signal: leave.signal, passive: true });
    }
    const report = () => {
      const taken = time.take();
      // best effort: it is a statistic, and what could not be told is told with the next report
      if (taken > 0)
        api
          .spend(image, taken)
          .then((all) => session.setWorkTime(all))
          .catch(() => time.giveBack(taken));
    };
    const timer = setInterval(report, REPORT_MS);
    return () => {
      clearInterval(timer);
      leave.abort();
      time.note(performance.now());
      report();
    };
  }, [api, image, session]);
}
