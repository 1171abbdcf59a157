/** The one kind of window: sandboxed, without Node, with the preload script that hands over a port. */

import { BrowserWindow, nativeTheme, screen } from 'electron';
import { REMOTE_FLAG } from '../../preload/contract/desktop.ts';
import { APP_ORIGIN } from './scheme.ts';
import { keepPlace, readPlace, SMALLEST_PX } from './window-place.ts';

/** `--page` of `renderer/ui/tokens.css`: what shows before the first paint. */
const PAGE_COLORS = { light: '#f5f6f8', dark: '#0f1217' };
/** A window that is dragged moves many times a second. */
const KEPT_AFTER_MS = 400;

export interface WindowOptions {
  readonly preload: string;
  /** Where its place is kept. */
  readonly placeFile: string;
  /** Whether the engine is this machine's. */
  readonly isLocal: boolean;
}

/** Opens the window where it was last; it shows itself with its first paint, once `showPage` was asked for one. */
export function openWindow({ preload, placeFile, isLocal }: WindowOptions): BrowserWindow {
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
  const { at, width, height, isMaximized } = readPlace(placeFile, screens);
  const window = new BrowserWindow({
    ...at,
    ...{ width, height, minWidth: SMALLEST_PX.width, minHeight: SMALLEST_PX.height, show: false },
    backgroundColor: nativeTheme.shouldUseDarkColors ? PAGE_COLORS.dark : PAGE_COLORS.light,
    webPreferences: {
      ...{ preload, contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true },
      additionalArguments: isLocal ? [] : [REMOTE_FLAG],
    },
  });
  window.once('ready-to-show', () => {
    if (isMaximized) window.maximize();
    window.show();
  });
  followPlace(window, placeFile);
  return window;
}

/** Loads the page at a hash; empty for the first. Errors: when the page cannot be loaded and the window is still wanted. */
export async function showPage(window: BrowserWindow, hash: string): Promise<void> {
  try {
    await window.loadURL(`${APP_ORIGIN}/${hash}`);
  } catch (error) {
    if (!window.isDestroyed()) throw error; // closed meanwhile, nobody misses the page
  }
}

function followPlace(window: BrowserWindow, placeFile: string): void {
  let timer: NodeJS.Timeout | null = null;
  const keep = () => {
    timer = null;
    if (window.isDestroyed()) return;
    const { x, y, width, height } = window.getNormalBounds();
    try {
      keepPlace(placeFile, { at: { x, y }, width, height, isMaximized: window.isMaximized() });
    } catch {
      // best effort: where a window was is not worth a word
    }
  };
  const soon = () => {
    timer ??= setTimeout(keep, KEPT_AFTER_MS);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', keep);
  window.on('closed', () => {
    if (timer !== null) clearTimeout(timer);
  });
}
