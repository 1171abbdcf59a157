/** The images found by a query, kept current, and what is known of each. */

import { useEffect, useMemo, useReducer, useState } from 'react';
import type { DataFacts, ImageQuery } from '../../../preload/contract/data.ts';
import { CardStore } from './card-store.ts';
import type { DataSource } from './data-source.ts';

/** Counts of all images; null until told. */
export function useFacts(source: DataSource, version: string | null): DataFacts | null {
  const [facts, setFacts] = useState<DataFacts | null>(null);
  useEffect(() => {
    if (version === null) return;
    let isCurrent = true;
    source.facts().then(
      (told) => {
        if (isCurrent) setFacts(told);
      },
      () => {}, // the connection is lost: another source comes with the next one
    );
    return () => {
      isCurrent = false;
    };
  }, [source, version]);
  return facts;
}

export interface FoundList {
  /** Null until told. */
  readonly list: Uint32Array | null;
  readonly problem: string | null;
}

/** The ids a query finds; the last list stays until the next is there. */
export function useFound(source: DataSource, query: ImageQuery, version: string | null): FoundList {
  const [found, setFound] = useState<FoundList>({ list: null, problem: null });
  useEffect(() => {
    if (version === null) return;
    let isCurrent = true;
    source.find(query).then(
      (list) => {
        if (isCurrent) setFound({ list, problem: null });
      },
      (error: Error) => {
        if (isCurrent) setFound((before) => ({ ...before, problem: error.message }));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [source, query, version]);
  return found;
}

/** Cards by id; the component draws again when some have come. `revision` is another number then. */
export function useCards(source: DataSource, version: string | null): { cards: CardStore; revision: number } {
  const [revision, bump] = useReducer((count: number) => count + 1, 0);
  const cards = useMemo(() => new CardStore(source, bump), [source]);
  useEffect(() => () => cards.close(), [cards]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version of the data is the reason to ask again
  useEffect(() => cards.refresh(), [cards, version]);
  return { cards, revision };
}
