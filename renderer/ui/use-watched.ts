import { useEffect, useState } from 'react';

/**
 * What a stream told last; null until it has told something. It is followed anew where `watch` is another function, as it is
 * once a lost connection is there again; until then what was told stays.
 */
export function useWatched<T>(watch: (signal: AbortSignal) => Promise<AsyncIterable<T>>): T | null {
  const [told, setTold] = useState<T | null>(null);
  useEffect(() => {
    const leave = new AbortController();
    const follow = async () => {
      for await (const next of await watch(leave.signal)) {
        if (leave.signal.aborted) return;
        setTold(next);
      }
    };
    follow().catch(() => {}); // the connection is lost: another function comes with the next one
    return () => leave.abort();
  }, [watch]);
  return told;
}
