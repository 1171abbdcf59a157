/** Digits pressed one after the other, as the number of a class. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { CHORD_MS, withDigit, withoutDigit } from '../class-chord.ts';
import { comboOf } from '../keys.ts';

export interface ClassChord {
  /** Digits that wait for another. */
  readonly waiting: string;
  /** Whether the key was a digit of a number, or ended one. */
  readonly key: (event: KeyboardEvent) => boolean;
}

/** Digits that wait are of one image; they give it no class once another is on show. */
export function useClassChord(image: number, classes: readonly string[], onClass: (name: string) => void): ClassChord {
  const [waiting, setWaiting] = useState('');
  const now = useRef({ classes, onClass, waiting });
  now.current = { ...now.current, classes, onClass };
  /** Takes a class, where one is meant, and goes on with the digits that wait. */
  const goOn = useCallback((index: number | null, digits: string) => {
    const name = index === null ? undefined : now.current.classes[index];
    now.current.waiting = digits; // two digits may come before the window is drawn anew
    setWaiting(digits);
    if (name !== undefined) now.current.onClass(name);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => goOn(null, ''), [image, goOn]);
  useEffect(() => {
    if (waiting === '') return;
    const timer = setTimeout(() => goOn(withoutDigit(now.current.waiting), ''), CHORD_MS);
    return () => clearTimeout(timer);
  }, [waiting, goOn]);
  const key = ({ key: name, shiftKey, ctrlKey, metaKey }: KeyboardEvent) => {
    const before = now.current.waiting;
    if (before !== '' && (name === 'Enter' || name === 'Escape')) {
      goOn(name === 'Enter' ? withoutDigit(before) : null, '');
      return true;
    }
    const isDigit = /^\d$/.test(name) && !ctrlKey && !metaKey;
    const isHeldAlone = comboOf({ key: name, shift: shiftKey, control: ctrlKey || metaKey }) === null;
    if (before !== '' && !isDigit && !isHeldAlone) goOn(withoutDigit(before), ''); // no digit comes any more
    if (!isDigit || (name === '0' && before === '')) return false;
    const { waiting: next, index } = withDigit(before, name, now.current.classes.length);
    goOn(index, next);
    return true;
  };
  return { waiting, key };
}
