/** Where the window was, kept for the next time, and never where no screen shows it. */

import { readFileSync } from 'node:fs';
import { writeDurably } from '../durable-file.ts';

/** Units: pixels of the desktop. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowPlace {
  /** Null leaves it to the system. */
  readonly at: { readonly x: number; readonly y: number } | null;
  readonly width: number;
  readonly height: number;
  readonly isMaximized: boolean;
}

export const SMALLEST_PX = { width: 760, height: 480 };
const USUAL: WindowPlace = { at: null, width: 1360, height: 860, isMaximized: false };
/** So much of the title bar must be on a screen for a hand to reach it. */
const REACHABLE_PX = { width: 120, height: 40 };

/** What was kept, or the usual place where nothing was, within the screens there are now. */
export function readPlace(path: string, screens: readonly Area[]): WindowPlace {
  try {
    return boundedPlace(JSON.parse(readFileSync(path, 'utf8')), screens);
  } catch {
    return boundedPlace(null, screens); // none yet, or damaged: the usual place will do
  }
}

/** Errors: disk-full, folder-unwritable. */
export function keepPlace(path: string, place: WindowPlace): void {
  writeDurably(path, `${JSON.stringify(place)}\n`);
}

/** `stored` may be anything. The window is no larger than the largest screen, and where one of them shows it. */
export function boundedPlace(stored: unknown, screens: readonly Area[]): WindowPlace {
  const { at, width, height, isMaximized } = isPlace(stored) ? stored : USUAL;
  const bounded = (wanted: number, smallest: number, most: number) =>
    Math.round(Math.max(smallest, Math.min(wanted, most)));
  const size = {
    width: bounded(width, SMALLEST_PX.width, Math.max(...screens.map((screen) => screen.width))),
    height: bounded(height, SMALLEST_PX.height, Math.max(...screens.map((screen) => screen.height))),
  };
  const isShown = at !== null && screens.some((screen) => isReachable(at.x, at.y, size.width, screen));
  return { at: isShown ? { x: Math.round(at.x), y: Math.round(at.y) } : null, ...size, isMaximized };
}

function isReachable(x: number, y: number, width: number, screen: Area): boolean {
  const shown = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
  return shown >= REACHABLE_PX.width && y >= screen.y && y + REACHABLE_PX.height <= screen.y + screen.height;
}

function isPlace(stored: unknown): stored is WindowPlace {
  if (typeof stored !== 'object' || stored === null) return false;
  const { at, width, height, isMaximized } = stored as Record<string, unknown>;
  const isPoint = (value: unknown): boolean => {
    const { x, y } = (value ?? {}) as Record<string, unknown>;
    return Number.isFinite(x) && Number.isFinite(y);
  };
  return (
    Number.isFinite(width) &&
    Number.isFinite(height) &&
    typeof isMaximized === 'boolean' &&
    (at === null || isPoint(at))
  );
}
