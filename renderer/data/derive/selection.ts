/** Which images of a list are selected, by mouse and keyboard alike. Positions are indices into the list. */

export interface Selection {
  readonly ids: ReadonlySet<number>;
  /** Where a range begins; null before anything was touched. */
  readonly anchor: number | null;
  /** The image that the keyboard is at. */
  readonly focus: number | null;
}

export const NOTHING: Selection = { ids: new Set(), anchor: null, focus: null };

/** `only` replaces what was selected, `toggle` changes one, `range` takes all from the anchor. */
export type Mode = 'only' | 'toggle' | 'range';

/** A click on a place of the list, or Space on it. */
export function selected(before: Selection, list: Uint32Array, at: number, mode: Mode): Selection {
  const id = list[at];
  if (id === undefined) return before;
  switch (mode) {
    case 'only':
      return { ids: new Set([id]), anchor: at, focus: at };
    case 'toggle': {
      const ids = new Set(before.ids);
      if (!ids.delete(id)) ids.add(id);
      return { ids, anchor: at, focus: at };
    }
    case 'range': {
      const anchor = Math.min(before.anchor ?? at, list.length - 1);
      const [from, to] = anchor < at ? [anchor, at] : [at, anchor];
      return { ids: new Set(list.subarray(from, to + 1)), anchor, focus: at };
    }
    default:
      return mode satisfies never;
  }
}

/** Moves the keyboard's place, and takes what lies between with it where it extends. */
export function movedTo(before: Selection, list: Uint32Array, to: number, extend: boolean): Selection {
  if (list.length === 0) return before;
  const at = Math.max(0, Math.min(list.length - 1, to));
  return selected(before, list, at, extend ? 'range' : 'only');
}

export function allSelected(before: Selection, list: Uint32Array): Selection {
  return { ...before, ids: new Set(list) };
}

/** What is left of a selection once the list is another. */
export function kept(before: Selection, list: Uint32Array): Selection {
  if (before.ids.size === 0) return NOTHING;
  const ids = new Set<number>();
  for (const id of list) if (before.ids.has(id)) ids.add(id);
  const { focus } = before;
  return { ids, anchor: null, focus: focus !== null && focus < list.length ? focus : null };
}

/** Where a key leads to from a place, in a list of so many columns; null for a key that leads nowhere. */
export function target(key: string, from: number, columns: number, rowsAPage: number, count: number): number | null {
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from - columns,
    ArrowDown: from + columns,
    PageUp: from - columns * rowsAPage,
    PageDown: from + columns * rowsAPage,
    Home: 0,
    End: count - 1,
  };
  return targets[key] ?? null;
}

/** The name of the element that stands for a place. */
export const optionId = (at: number): string => `image-${at}`;
