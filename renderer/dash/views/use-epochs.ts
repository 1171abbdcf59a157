/** The epochs of the runs on show, followed as they come. */

import { useEffect, useState } from 'react';
import { messageOf } from '../../../preload/contract/errors.ts';
import type { EpochRow, RunEpochs } from '../../../preload/contract/run.ts';

/** Another object once the connection is there again. */
export interface EpochSource {
  watch(runs: readonly string[], signal: AbortSignal): Promise<AsyncIterable<RunEpochs>>;
}

export type EpochsByRun = ReadonlyMap<string, readonly EpochRow[]>;

const NONE: EpochsByRun = new Map();

/** Other runs are other ids; an array with the same ids is followed on. */
export function useEpochs(
  source: EpochSource,
  runs: readonly string[],
): { readonly epochs: EpochsByRun; readonly problem: string | null } {
  const [epochs, setEpochs] = useState(NONE);
  const [problem, setProblem] = useState<string | null>(null);
  const names = runs.join(' ');
  useEffect(() => {
    if (names === '') return;
    const stop = new AbortController();
    const follow = async () => {
      try {
        for await (const news of await source.watch(names.split(' '), stop.signal)) {
          setEpochs((before) => withEpochs(before, news));
          setProblem(null);
        }
      } catch (error) {
        if (!stop.signal.aborted) setProblem(messageOf(error));
      }
    };
    void follow();
    return () => stop.abort();
  }, [source, names]);
  return { epochs, problem };
}

/** What was told after that epoch counts no longer. */
function withEpochs(before: EpochsByRun, { id, after, epochs }: RunEpochs): EpochsByRun {
  const kept = (before.get(id) ?? []).filter(({ epoch }) => epoch <= after);
  return new Map([...before, [id, [...kept, ...epochs]]]);
}
