/** What keys do while an image is labelled: each action has a key that a person may change. */

import type { ShapeKind } from '../../native-models/geometry/shape.ts';
import type { AnnotationFlag } from '../../preload/contract/annotation-flags.ts';
import type { ReviewState } from '../../preload/contract/review.ts';
import { ACTIONS, type Action } from './actions.ts';
import { arrowStep } from './arrows.ts';
import type { Combination } from './doc/combine.ts';
import type { ToolName } from './tools/tool.ts';

export type KeyCommand =
  | { readonly do: 'tool'; readonly tool: ToolName }
  | { readonly do: 'brush-size'; readonly factor: number }
  | { readonly do: 'brush-hardness'; readonly by: number }
  | { readonly do: 'combine'; readonly how: Combination }
  | { readonly do: 'convert'; readonly to: ShapeKind }
  | { readonly do: 'nudge'; readonly dx: number; readonly dy: number }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'cycle'; readonly by: 1 | -1 }
  | { readonly do: 'review'; readonly state: ReviewState }
  | { readonly do: 'frames'; readonly what: FrameCommand }
  | { readonly do: 'corner'; readonly by: 1 | -1 }
  | { readonly do: 'region'; readonly by: 1 | -1 }
  | { readonly do: 'mark'; readonly flag: AnnotationFlag }
  | { readonly do: 'threshold'; readonly by: number }
  | { readonly do: PlainCommand };

/** What is done with the frames of a sequence and the tracks through them. */
export type FrameCommand = 'previous' | 'next' | 'previous-key' | 'next-key' | 'key' | 'end' | 'fill';

export type PlainCommand =
  | 'undo'
  | 'redo'
  | 'remove'
  | 'cancel'
  | 'fit'
  | 'fit-chosen'
  | 'full-size'
  | 'previous'
  | 'next'
  | 'next-unlabelled'
  | 'next-to-review'
  | 'next-disagreement'
  | 'choose-all'
  | 'copy'
  | 'paste'
  | 'duplicate'
  | 'bring'
  | 'find-class'
  | 'canvas'
  | 'help'
  | 'accept'
  | 'reject'
  | 'view'
  | 'hide-objects'
  | 'history';

export interface Pressed {
  readonly key: string;
  readonly shift: boolean;
  /** Ctrl, or Command on a Mac. */
  readonly control: boolean;
}

/** Keys that a person chose, by action; an empty text where the action has none any more. */
export type OwnKeys = Readonly<Record<string, string>>;

/** Of the window or of tools, whatever a person would like. */
const FIXED = /^(shift\+)?([1-9]|arrow.*|escape|enter| |tab)$|^ctrl\+k$/;
/** Pressed on the way to another key. */
const HELD = new Set(['shift', 'control', 'alt', 'meta', 'altgraph', 'dead', 'capslock']);

const ALL: readonly Action[] = ACTIONS.flatMap(([, actions]) => actions);

/**
 * A key with what is held, as `ctrl+shift+z`; null for one that is only held. Shift counts with letters and named keys: the
 * others change with it.
 */
export function comboOf({ key, shift, control }: Pressed): string | null {
  const name = key.toLowerCase();
  if (HELD.has(name)) return null;
  const countsShift = shift && (name.length > 1 || /\p{L}/u.test(name));
  return `${control ? 'ctrl+' : ''}${countsShift ? 'shift+' : ''}${name}`;
}

/** `Ctrl Shift Z`. */
export const comboWords = (combo: string): string =>
  combo
    .split(/(?<=.)\+(?=.)/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ');

/** Keys as they are for one person. */
export class KeyTable {
  private readonly own: OwnKeys;
  private readonly byCombo: ReadonlyMap<string, Action>;

  constructor(own: OwnKeys) {
    this.own = own;
    this.byCombo = new Map(ALL.flatMap((action) => this.keysOf(action).map((combo) => [combo, action] as const)));
  }

  /** Null for a key that means nothing here. */
  commandOf(pressed: Pressed): KeyCommand | null {
    const name = pressed.key.toLowerCase();
    if (name === 'escape') return { do: 'cancel' };
    const step = pressed.control ? null : arrowStep(name, pressed.shift);
    if (step !== null) return { do: 'nudge', dx: step[0], dy: step[1] };
    const combo = comboOf(pressed);
    return combo === null ? null : (this.byCombo.get(combo)?.command ?? null);
  }

  /** What a key does that a person may give to something else; null where that is nothing. */
  actionOf(combo: string): Action | null {
    return this.byCombo.get(combo) ?? null;
  }

  /** Its keys in words; empty where it has none. */
  wordsOf(id: string): string {
    const action = ALL.find((one) => one.id === id);
    return action === undefined ? '' : this.keysOf(action).map(comboWords).join(', ');
  }

  /** A key that a person chose, else those it has at first which nobody took. */
  private keysOf({ id, keys }: Action): readonly string[] {
    const own = this.own[id];
    if (own !== undefined) return own === '' ? [] : [own];
    const taken = new Set(Object.values(this.own));
    return keys.filter((combo) => !taken.has(combo));
  }
}

/** The keys after one was chosen for an action; null where that key cannot be had. Whoever had it has it no longer. */
export function rebound(own: OwnKeys, id: string, combo: string): OwnKeys | null {
  if (FIXED.test(combo)) return null;
  const others = Object.entries(own).map(([other, key]) => [other, key === combo ? '' : key] as const);
  return { ...Object.fromEntries(others), [id]: combo };
}

/** What was kept, or none where it is not what this version keeps. */
export function readKeys(text: string | null): OwnKeys {
  if (text === null) return {};
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== 'object' || kept === null) return {};
    const known = new Set(ALL.map(({ id }) => id));
    const own = Object.entries(kept).filter(
      ([id, key]) => known.has(id) && typeof key === 'string' && !FIXED.test(key),
    );
    return Object.fromEntries(own) as OwnKeys;
  } catch {
    return {}; // not JSON: something else wrote it
  }
}
