/** Fetches what a run was judged to be, and again whenever that may have changed. */

import { useCallback, useEffect, useState } from 'react';
import type { AnyEvaluation, JudgeEvent } from '../../../../preload/contract/any-evaluation.ts';
import { messageOf } from '../../../../preload/contract/errors.ts';
import type { RunHead } from '../../../../preload/contract/run.ts';
import type { Split } from '../../../../preload/contract/tasks.ts';
import { orderedParts, shownPart } from '../../derive/evaluation.ts';

/** Another object once the connection is there again. */
export interface EvaluationSource {
  judgedParts(run: string): Promise<readonly Split[]>;
  evaluation(run: string, split: Split): Promise<AnyEvaluation | null>;
  /** Judges the kept model; ends when its report is there, or when the signal is aborted. */
  judge(run: string, split: Split, signal: AbortSignal): Promise<AsyncIterable<JudgeEvent>>;
}

export type LoadedEvaluation =
  | { readonly status: 'loading' }
  | { readonly status: 'none' }
  | { readonly status: 'failed'; readonly problem: string }
  | { readonly status: 'there'; readonly parts: readonly Split[]; readonly evaluation: AnyEvaluation };

export interface UsedEvaluation {
  readonly loaded: LoadedEvaluation;
  readonly choose: (split: Split) => void;
  readonly again: () => void;
}

/** What is on show stays until there is something else to show. */
export function useEvaluation(source: EvaluationSource, run: RunHead): UsedEvaluation {
  const [loaded, setLoaded] = useState<LoadedEvaluation>({ status: 'loading' });
  const [chosen, choose] = useState<Split | null>(null);
  const [attempt, setAttempt] = useState(0);
  const again = useCallback(() => setAttempt((count) => count + 1), []);
  const { id, state, primary_metric } = run;

  // A run that ends has a new report, a command line may have written another while the window was in the background.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    let isCurrent = true;
    void load(source, id, chosen).then((next) => {
      if (isCurrent) setLoaded((before) => (isWorse(next, before, id) ? before : next));
    });
    return () => {
      isCurrent = false;
    };
  }, [source, id, chosen, attempt, state, primary_metric.epoch]);

  useEffect(() => {
    addEventListener('focus', again);
    return () => removeEventListener('focus', again);
  }, [again]);

  return { loaded, choose, again };
}

/** A connection that is lost takes nothing off the page. */
function isWorse(next: LoadedEvaluation, before: LoadedEvaluation, run: string): boolean {
  return next.status === 'failed' && before.status === 'there' && before.evaluation.run === run;
}

async function load(source: EvaluationSource, run: string, chosen: Split | null): Promise<LoadedEvaluation> {
  try {
    const parts = orderedParts(await source.judgedParts(run));
    const split = shownPart(parts, chosen);
    const evaluation = split === null ? null : await source.evaluation(run, split);
    return evaluation === null ? { status: 'none' } : { status: 'there', parts, evaluation };
  } catch (error) {
    return { status: 'failed', problem: messageOf(error) };
  }
}
