/** The keys of the person at this machine, kept in the window's own storage. */

import { useMemo, useState } from 'react';
import { KeyTable, type OwnKeys, readKeys } from '../keys.ts';

const STORED = 'lightbench-label-keys';

export interface OwnKeysControl {
  readonly table: KeyTable;
  readonly own: OwnKeys;
  readonly keep: (own: OwnKeys) => void;
}

export function useOwnKeys(): OwnKeysControl {
  const [own, setOwn] = useState(() => readKeys(localStorage.getItem(STORED)));
  const table = useMemo(() => new KeyTable(own), [own]);
  const keep = (next: OwnKeys) => {
    localStorage.setItem(STORED, JSON.stringify(next));
    setOwn(next);
  };
  return { table, own, keep };
}
