/** Has a run say what it sees in the image on show. */

import { useEffect, useRef, useState } from 'react';
import { messageOf } from '../../../preload/contract/errors.ts';
import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';

/** What is said comes with the image's changes; leaving the image takes the question back. */
export function usePredict(api: LabelApi, image: number, session: LabelSession): [boolean, (run: string) => void] {
  const [asking, setAsking] = useState<number | null>(null);
  const leaving = useRef(new AbortController());
  // biome-ignore lint/correctness/useExhaustiveDependencies: another image is another question
  useEffect(() => {
    const leave = new AbortController();
    leaving.current = leave;
    return () => {
      leave.abort();
      setAsking(null);
    };
  }, [image]);
  const ask = async (run: string) => {
    const { signal } = leaving.current;
    setAsking(image);
    try {
      for await (const event of await api.predict({ run_id: run, image_ids: [image] }, signal)) {
        const [skipped] = event.type === 'done' ? event.skipped : [];
        if (skipped !== undefined) session.say(skipped.reason);
      }
    } catch (error) {
      if (!signal.aborted) session.say(messageOf(error));
    } finally {
      if (!signal.aborted) setAsking(null);
    }
  };
  return [asking === image, (run) => void ask(run)];
}
