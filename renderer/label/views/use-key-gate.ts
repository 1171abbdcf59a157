/**
 * Keys that come before the page can obey them are taken before anybody hears them, and pressed again once it can, where the
 * focus is by then.
 */

import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { KeyGate } from '../key-gate.ts';
import type { KeyTable } from '../keys.ts';
import { isElsewhere } from './key-targets.ts';

/** A dialog has the focus long before; nobody waits longer for one that does not take it. */
const FOCUS_MS = 500;

export interface PageGate {
  readonly gate: KeyGate<KeyboardEvent>;
  readonly minder: { current: KeyMinder };
}

export interface KeyMinder {
  /** What a key that goes down has to wait for; null for nothing. */
  readonly minds: (key: KeyboardEvent) => Promise<unknown> | null;
  /** Whether it ends what others wait for, which then mean nothing any more. */
  readonly ends: (key: KeyboardEvent) => boolean;
}

/** Of the page on show; whatever is kept is let go of with it. */
export function useKeyGate(image: number, keys: KeyTable): PageGate {
  const [page] = useState(makeGate);
  const table = useRef(keys);
  table.current = keys;
  const { gate, minder } = page;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another image has arrived
  useLayoutEffect(() => gate.arrive(), [gate, image]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!event.isTrusted) return; // given by the gate
      const isForPage = gate.isKeeping || !isElsewhere(event, event.target);
      if (!isForPage || !mayMean(event, table.current)) return;
      if (minder.current.ends(event)) return void gate.forget();
      if (event.repeat && gate.isHeld) return event.stopImmediatePropagation(); // who holds a key looks when to let go
      if (!gate.keeps(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    const options = { capture: true };
    addEventListener('keydown', onKey, options);
    addEventListener('keyup', onKey, options);
    return () => {
      removeEventListener('keydown', onKey, options);
      removeEventListener('keyup', onKey, options);
      gate.forget();
    };
  }, [gate, minder]);
  return page;
}

/** Keys wait for as long as it is so. */
export function useHold({ gate }: PageGate, isHeld: boolean): void {
  useLayoutEffect(() => (isHeld ? gate.hold() : undefined), [gate, isHeld]);
}

/** Until a dialog that was opened has the focus, which it takes a moment later, keys wait as well. */
export function useHoldForDialog({ gate }: PageGate, isOpen: boolean): void {
  useLayoutEffect(() => {
    if (!isOpen) return;
    const release = gate.hold();
    const look = () => {
      if (document.activeElement?.closest('[role="dialog"]') !== null) release();
    };
    const timer = setTimeout(release, FOCUS_MS);
    addEventListener('focusin', look);
    look();
    return () => {
      clearTimeout(timer);
      removeEventListener('focusin', look);
      release();
    };
  }, [gate, isOpen]);
}

function makeGate(): PageGate {
  const minder: PageGate['minder'] = { current: { minds: () => null, ends: () => false } };
  const minds = (key: KeyboardEvent) => (key.type === 'keydown' ? minder.current.minds(key) : null);
  return { gate: new KeyGate<KeyboardEvent>({ give: pressAgain, minds }), minder };
}

/** Whether a key may mean something here: a command, a letter of a name, something for the crosshair. */
function mayMean({ key, shiftKey: shift, altKey, ctrlKey, metaKey }: KeyboardEvent, keys: KeyTable): boolean {
  const isForHand = key === 'Enter' || key === ' ';
  if (altKey) return isForHand;
  const control = ctrlKey || metaKey;
  return keys.commandOf({ key, shift, control }) !== null || (!control && (isForHand || key.length === 1));
}

/** As the browser would have it: whoever has the focus hears the key, and a field takes its letter. */
function pressAgain(event: KeyboardEvent): void {
  const target = document.activeElement ?? document.body;
  const { type, key, code, shiftKey, altKey, ctrlKey, metaKey } = event;
  const again = { key, code, shiftKey, altKey, ctrlKey, metaKey, bubbles: true, cancelable: true };
  const isWanted = target.dispatchEvent(new KeyboardEvent(type, again));
  const isTyped = type === 'keydown' && !ctrlKey && !metaKey && !altKey;
  if (isWanted && isTyped && isTextField(target)) typeInto(target, key);
}

type TextField = HTMLInputElement | HTMLTextAreaElement;

const isTextField = (element: Element): element is TextField =>
  element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && element.type === 'text');

/** Browsers type keys of a person alone. */
function typeInto(field: TextField, key: string): void {
  const { selectionStart, selectionEnd, value } = field;
  const [from, to] = [selectionStart ?? value.length, selectionEnd ?? value.length];
  if (key.length === 1) field.setRangeText(key, from, to, 'end');
  else if (key === 'Backspace') field.setRangeText('', from === to ? Math.max(0, from - 1) : from, to, 'end');
  else if (key === 'Enter' && field instanceof HTMLTextAreaElement) field.setRangeText('\n', from, to, 'end');
  else if (key === 'Enter') field.form?.requestSubmit();
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
