/** Has the engine judge a run's kept model, for as long as the page is there. */

import { useEffect, useRef, useState } from 'react';
import type { Split } from '../../../../preload/contract/tasks.ts';
import type { Pace } from '../../../ui/pace.ts';
import type { EvaluationSource } from './use-evaluation.ts';

export interface Judging {
  /** What goes on; null while nothing does. */
  readonly active: { readonly split: Split; readonly pace: Pace | null } | null;
  readonly problem: string | null;
  readonly start: (split: Split) => void;
  readonly stop: () => void;
}

/** `onJudged` hears of every report that has come. */
export function useJudging(source: EvaluationSource, run: string, onJudged: (split: Split) => void): Judging {
  const [active, setActive] = useState<Judging['active']>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const leave = useRef<AbortController | null>(null);
  useEffect(() => () => leave.current?.abort(), []);

  const start = async (split: Split) => {
    const abort = new AbortController();
    leave.current?.abort();
    leave.current = abort;
    setActive({ split, pace: null });
    setProblem(null);
    try {
      for await (const event of await source.judge(run, split, abort.signal)) {
        if (abort.signal.aborted) return;
        if (event.type === 'progress') setActive({ split, pace: event });
        else onJudged(split);
      }
    } catch (error) {
      if (!abort.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      if (leave.current === abort) setActive(null);
    }
  };
  const stop = () => {
    leave.current?.abort();
    leave.current = null;
    setActive(null);
  };
  return { active, problem, start: (split) => void start(split), stop };
}
