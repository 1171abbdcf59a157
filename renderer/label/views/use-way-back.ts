/** Focus that goes somewhere for a while, and back to where it was. */

import { type RefObject, useEffect, useRef } from 'react';

export interface WayBack {
  /** Of the element that is visited. */
  readonly ref: RefObject<HTMLInputElement | null>;
  go(): void;
  back(): void;
}

/** To a field and back. */
export function useWayBack(): WayBack {
  const ref = useRef<HTMLInputElement>(null);
  const from = useRef<Element | null>(null);
  return {
    ref,
    go: () => {
      from.current = document.activeElement;
      ref.current?.focus();
    },
    back: () => {
      ref.current?.blur();
      focusOn(from.current);
      from.current = null;
    },
  };
}

/** To a panel for as long as it is open. */
export function useVisit(panel: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const from = document.activeElement;
    panel.current!.focus();
    return () => {
      if (document.activeElement === document.body) focusOn(from); // else somebody has gone elsewhere since
    };
  }, [panel]);
}

function focusOn(element: Element | null): void {
  if (element instanceof HTMLElement && element.isConnected) element.focus();
}
